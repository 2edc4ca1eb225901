import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Checker } from "../checkers/checker.js";
import type { CheckerName } from "../checkers/run-checker.js";
import type { Problem } from "../problems/problem.js";
import type { SharedOptions } from "../replies/asked-pair.js";
import type { Target } from "./target.js";

/** Is a step by small a bad one? `null`: the two cannot be compared. */
export type LabelFunction = (
  smallStep: string,
  largeStep: string,
  problem: Problem,
) => boolean | null | Promise<boolean | null>;

/** What a signal should tell. */
export type LabelName = "gain" | "neutral" | "numbers";

/** What `calibrate` looks at, and how hard. */
export interface CalibrateOptions {
  readonly small: BaseChatModel;
  readonly large: BaseChatModel;
  /** No two with one id. All are read before the first request. */
  readonly problems: Iterable<Problem> | AsyncIterable<Problem>;
  /** Tells which answers are right; without one there is no gain to be seen, and no verdict. */
  readonly checker?: CheckerName | Checker | undefined;
  /**
   * Signals by name: points (`"stepStart"`, `"span:=:number"`), `"below:POINT"`, `"blend"`, `"verify:score"`, `"verify:self"`,
   * `"verify:likelihood"`; `"default"` is a menu of them.
   * @defaultValue ["default"]
   */
  readonly menu?: readonly string[] | undefined;
  /**
   * `"gain"`: what a hand-over changes in the final answer, from runs in which chance hands over. `"neutral"`: large goes on
   * from both versions of a step; does it come out alike? `"numbers"`: do both versions have the same last number? Or a
   * function.
   * @defaultValue "gain"; "neutral" without a checker
   */
  readonly label?: LabelName | LabelFunction | undefined;
  /** What the threshold is to attain. @defaultValue { steps: 0.25 } */
  readonly target?: Target | undefined;
  /** d: a difference in accuracy, 0 to 1, that would be worth something. @defaultValue 0.02 */
  readonly margin?: number | undefined;
  /** Share of the clusters on which signal and threshold are chosen; the verdict is on the others. @defaultValue 0.5 */
  readonly split?: number | undefined;
  /** Replies in which chance hands over, for each problem of the fit split and each kind of place. @defaultValue 4 */
  readonly draws?: number | undefined;
  /**
   * With the label `"gain"`: steps of small's own thought, drawn by chance for each problem of the fit split and each kind of
   * place, that are answered both ways: the two replies differ in ONE hand-over. Greedy models alone, which write once what both
   * begin with; with others they would differ by chance.
   * @defaultValue 1 with greedy models and that label, else 0
   */
  readonly branches?: number | undefined;
  /** Of all that happens by chance. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** Problems under way at once. @defaultValue 8; 2 for models in this process */
  readonly concurrency?: number | undefined;
  /** Options of the router that are used throughout, such as `thinking`, `delimiter`, `topLogprobs`, limits. */
  readonly router?: SharedOptions | undefined;
  /** A folder that keeps every reply: the same call goes on where it was broken off. Absent: nothing is written to disk. */
  readonly work?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Told what it will cost, and waited for, when the first problem has been answered three times (each model alone, and once by
   * chance); what it throws ends the calibration.
   */
  readonly onPlan?: ((plan: CalibrationPlan) => void | Promise<void>) | undefined;
  /** Told each reply when it is kept. */
  readonly onProgress?: ((progress: CalibrationProgress) => void) | undefined;
}

/** What a calibration will cost, and what it can see. */
export interface CalibrationPlan {
  readonly problems: number;
  readonly clusters: number;
  /** Problems on which signal and threshold are chosen, and those of the verdict. */
  readonly fit: number;
  readonly heldOut: number;
  /** Replies that are still to be written, at most: kinds of places that no step has are left out. */
  readonly replies: number;
  /** About, as the first problem was: of these replies, and of the judges' tokens. */
  readonly requests: number;
  /** Prompt tokens and generated ones, of both models. */
  readonly tokens: number;
  readonly minutes: number;
  /** The smallest difference to a null that the held-out problems show with a power of .8, 0 to 1. */
  readonly detectable: number;
  /** `false`: there is no checker, so it tells a threshold, and no gain. */
  readonly isChecked: boolean;
}

/** How far it has come. */
export interface CalibrationProgress {
  /** What is being done, in words. */
  readonly phase: string;
  /** Replies that are kept, those of an earlier start included. */
  readonly done: number;
  readonly total: number;
  /** Milliseconds that are left, at the pace so far; `null` before there is one. */
  readonly left: number | null;
}
