import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import type { CloseRule } from "../../langchain/options/early-exit-options.js";
import type { VerifyOption } from "../../langchain/options/verify-options.js";
import type { Checker } from "../checkers/checker.js";
import type { CheckerName } from "../checkers/run-checker.js";
import type { Problem } from "../problems/problem.js";
import type { EvalRecord } from "../records/eval-record.js";
import type { Prices, RunFile } from "../records/run-file.js";
import type { SharedOptions } from "../replies/asked-pair.js";

/** What `evaluate` runs: which pair, on which problems, in which ways. */
export interface EvaluateOptions extends RoutedOptions, RunOptions {
  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  /**
   * The same large model with something that writes ahead of it (speculative decoding): loaded with `draft`, or of a server
   * that speculates. With it there are the arms `large-draft` and `routed-draft`.
   */
  readonly draftedLarge?: BaseChatModel | undefined;
  /** No two with one id. All are read before the first request. */
  readonly problems: Iterable<Problem> | AsyncIterable<Problem>;
  /** `"exact"`, `"choice"`, `"number"`, `"boxed"`, `"json"`, or a function. */
  readonly checker: CheckerName | Checker;
  /**
   * Ways of answering, by name: `default`, `large`, `large-draft`, `small`, `small-thought`, `routed`, `routed-draft`, `routed-again`, `random`,
   * `random:0.25`, `random:0.25:3`, `first-steps:3`, `once`, `early-exit`, `probe`, `verify-score`, `verify-self`.
   * @defaultValue ["default"]
   */
  readonly arms?: readonly string[] | undefined;
  /** Options of the router that all arms share, such as `thinking`, `continuation`, limits. */
  readonly router?: SharedOptions | undefined;
  /** Money for a million tokens of each model; without them no record has a cost. */
  readonly prices?: Prices | undefined;
}

/** How the routed arms route. */
export interface RoutedOptions {
  /** What `calibrate` wrote: the first one is the arm `routed`, further ones are `routed@POINT`. */
  readonly calibration?: Calibration | readonly Calibration[] | undefined;
  /** In the point's unit; in place of a calibration. @defaultValue 1 */
  readonly threshold?: number | undefined;
  /** In place of a calibration. @defaultValue stepStart() */
  readonly glimpseAt?: GlimpsePoint | undefined;
  /** Likewise. */
  readonly verify?: VerifyOption | undefined;
  /** Of the arm `early-exit`. @defaultValue closeMargin(1) */
  readonly closeWhen?: CloseRule | undefined;
  /** Of the arms `verify-score` and `verify-self`: 0 to 1. @defaultValue 0.5 */
  readonly doubt?: number | undefined;
  /** Shares of the occasions that the arms `random` hand over. @defaultValue by the calibrated rate, or the point */
  readonly rates?: readonly number[] | undefined;
}

/** How it is run, and where it is kept. */
export interface RunOptions {
  /**
   * `"quality"`: many problems at once, and greedy continuations shared between arms; its times are no latencies.
   * `"latency"`: warm, one reply after the other, arms in turns (ABBA), then several at once.
   * @defaultValue "quality"
   */
  readonly mode?: "quality" | "latency" | undefined;
  /** Replies of each arm to each problem, at the models' own temperature. @defaultValue 1 */
  readonly repeats?: number | undefined;
  /** Of all that happens by chance. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** Problems under way at once, in mode quality. @defaultValue 8; 2 where a model runs in this process */
  readonly concurrency?: number | undefined;
  /** Replies under way at once, in mode latency; one pass for each. @defaultValue [1, 8, 32] */
  readonly atOnce?: readonly number[] | undefined;
  /** The arm that the verdict is about. @defaultValue "routed" */
  readonly primary?: string | undefined;
  /** d, a difference in accuracy that would be worth something: 0 to 1. @defaultValue 0.02 */
  readonly margin?: number | undefined;
  /** Two-sided. @defaultValue 0.05 */
  readonly alpha?: number | undefined;
  /** The run's folder: the same call goes on where it was broken off. Absent: nothing is written. */
  readonly work?: string | undefined;
  /** What the data set is called, in `run.json`. */
  readonly source?: string | undefined;
  /** Lines of the data set that were left out. @defaultValue 0 */
  readonly skipped?: number | undefined;
  /** The command line, for `run.json`. */
  readonly arguments?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told each record when it is kept. */
  readonly onProgress?: ((progress: EvalProgress) => void) | undefined;
}

/** How far a run has come. */
export interface EvalProgress {
  readonly run: RunFile;
  readonly record: EvalRecord;
  /** Records that are kept, those of an earlier start included. */
  readonly done: number;
  readonly total: number;
}
