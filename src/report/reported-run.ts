import type { Problem } from "../eval/problems/problem.js";
import type { EvalRecord } from "../eval/records/eval-record.js";
import type { RunFile } from "../eval/records/run-file.js";
import type { Summary } from "../eval/summary/summary.js";

type Many<Each> = AsyncIterable<Each> | Iterable<Each>;

/** What a report is made of: a run folder, or what is in one. */
export interface ReportedRun {
  readonly run: RunFile;
  readonly summary: Summary;
  /** Asked twice, and read from the first record on each time: a report never holds them all. */
  records(): Many<EvalRecord>;
  /** The run's data, for the prompts of the thoughts that are shown. Without: no prompts. */
  problems?(): Many<Problem>;
}

/** In a run for quality replies share the machine, and greedy texts: their times say nothing. */
export function isTimed({ mode }: RunFile): boolean {
  return mode === "latency";
}

export interface ReportOptions {
  /** Problems in the reader of single thoughts; disagreements come first. @defaultValue 40 */
  readonly thoughts?: number;
  /** Leave out prompts and expected answers. @defaultValue false */
  readonly redactPrompts?: boolean;
}
