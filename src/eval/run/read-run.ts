import { access } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../problems/data-error.js";
import type { Problem } from "../problems/problem.js";
import { readProblems } from "../problems/read-problems.js";
import type { EvalRecord } from "../records/eval-record.js";
import { readRecords } from "../records/read-records.js";
import type { RunFile } from "../records/run-file.js";
import { RUN_FILES, readRunFile } from "../records/run-folder.js";
import { summarise } from "../summary/summarise.js";
import type { Summary } from "../summary/summary.js";

/** What is in a run's folder. */
export interface ReadRun {
  readonly run: RunFile;
  /** Of the records that are there now: a run need not be complete. */
  readonly summary: Summary;
  /** From the first one on, each time. */
  records(): AsyncIterable<EvalRecord>;
  /** What was asked; nothing where the folder does not hold it. */
  problems(): AsyncIterable<Problem>;
}

/**
 * A run that `evaluate` has written, for `report` and whoever else looks at one. Records are read anew each time, and
 * never held.
 *
 * @throws DataError where the folder holds no run, or a file of it cannot be read, naming file, line and field
 */
export async function readRun(folder: string): Promise<ReadRun> {
  const run = await readRunFile(folder);
  const file = join(folder, RUN_FILES.records);
  if (run === null || !(await isThere(file))) {
    const missing = run === null ? RUN_FILES.run : RUN_FILES.records;
    const what = "is not there: the folder holds no run. `glimprouter eval -o FOLDER` makes one.";
    throw new DataError(what, { file: join(folder, missing), line: null, field: null });
  }
  const records = () => readRecords(file);
  const summary = await summarise(records(), run);
  return { run, summary, records, problems: () => problemsIn(folder) };
}

async function* problemsIn(folder: string): AsyncGenerator<Problem, void, void> {
  const file = join(folder, RUN_FILES.problems);
  if (await isThere(file)) yield* readProblems(file);
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
