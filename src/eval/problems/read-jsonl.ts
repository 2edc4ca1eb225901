import { readLines } from "../files/read-lines.js";
import { DataError } from "./data-error.js";
import type { ReadRow } from "./data-row.js";

/** The rows of a file with a JSON object on each line; blank lines are none. */
export async function* readJsonl(file: string): AsyncGenerator<ReadRow, void, void> {
  for await (const { number, text } of readLines(file)) {
    if (text.trim() !== "") yield rowOf(file, number, text);
  }
}

function rowOf(file: string, line: number, text: string): ReadRow {
  const place = { file, line, field: null };
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) {
      return { line, fields: fields as Record<string, unknown> };
    }
  } catch (cause) {
    return new DataError(`no JSON (${(cause as Error).message}).`, place, cause);
  }
  return new DataError('expected a JSON object, such as {"prompt": "2 + 2?", "answer": 4}.', place);
}
