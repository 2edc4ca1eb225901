import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { evalRecordSchema } from "../../../src/eval/records/eval-record.js";
import { evaluate } from "../../../src/eval/run/evaluate.js";
import type { EvaluateOptions } from "../../../src/eval/run/evaluate-options.js";
import { plannedPair, plannedProblems } from "../planned-pair.js";

export type Options = Partial<EvaluateOptions>;

/** All records of an evaluation, four problems unless told otherwise; each holds to the schema. */
export async function run(options: Options): Promise<EvalRecord[]> {
  const records: EvalRecord[] = [];
  const given = { ...plannedPair(), problems: plannedProblems(4), checker: "number", ...options };
  for await (const record of evaluate(given as EvaluateOptions)) {
    records.push(evalRecordSchema.parse(record));
  }
  return records;
}
