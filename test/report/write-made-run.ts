import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../../src/eval/problems/problem.js";
import type { EvalRecord } from "../../src/eval/records/eval-record.js";
import { RUN_FILES } from "../../src/eval/records/run-folder.js";
import { madeRun } from "./made-run.js";

/** A made run as `evaluate` would have written it. */
export async function writeMadeRun(folder: string, ...made: Parameters<typeof madeRun>) {
  const { run, records, problems } = await madeRun(...made);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, RUN_FILES.run), JSON.stringify(run));
  await writeFile(join(folder, RUN_FILES.records), linesOf(records() as Iterable<EvalRecord>));
  const asked = problems?.() as Iterable<Problem>;
  const plain = Array.from(asked, ({ id, prompt, answer, cluster }) => ({
    id,
    prompt,
    answer,
    cluster,
  }));
  await writeFile(join(folder, RUN_FILES.problems), linesOf(plain));
}

function linesOf(values: Iterable<object>): string {
  return Array.from(values, (value) => `${JSON.stringify(value)}\n`).join("");
}
