import { readLines } from "../files/read-lines.js";
import { DataError } from "../problems/data-error.js";
import { type EvalRecord, evalRecordSchema } from "./eval-record.js";

/**
 * The records of a run, one at a time, in the order in which they were written. A last line that was not finished is
 * left out: its reply is asked for again.
 *
 * @param file - `records.jsonl`
 * @throws DataError naming file, line and field
 */
export async function* readRecords(file: string): AsyncGenerator<EvalRecord, void, void> {
  let torn: DataError | null = null;
  for await (const { number, text } of readLines(file)) {
    if (torn !== null) throw torn;
    const read = recordOf(file, number, text);
    // Whether more lines follow, the next one tells.
    if (read instanceof DataError) torn = read;
    else yield read;
  }
  if (torn !== null && torn.field !== null) throw torn;
}

function recordOf(file: string, line: number, text: string): EvalRecord | DataError {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const said = (cause as Error).message;
    return new DataError(`no JSON (${said}).`, { file, line, field: null }, cause);
  }
  const parsed = evalRecordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path = [], message = "" } = parsed.error.issues[0] ?? {};
  return new DataError(`no record of an evaluation: ${message}.`, {
    file,
    line,
    field: path.join("."),
  });
}
