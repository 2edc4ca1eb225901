import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type CsvError, parse } from "csv-parse";
import { DataError } from "./data-error.js";
import type { ReadRow } from "./data-row.js";

/** What csv-parse gives with `info`. */
interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** The rows of a CSV file whose first line names the columns: quotes, CRLF and a byte order mark as usual. */
export async function* readCsv(file: string): AsyncGenerator<ReadRow, void, void> {
  const bad: DataError[] = [];
  const lines = new LineCount();
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (error !== undefined) bad.push(lineError(file, error, lines));
    },
  });
  // A file that cannot be read is told by the parser, which is read here.
  const reading = pipeline(createReadStream(file), parser).catch(() => undefined);
  let columns: readonly string[] | null = null;
  for await (const parsed of parser as AsyncIterable<ParsedRecord>) {
    yield* bad.splice(0);
    const line = lines.firstOf(parsed);
    if (columns === null) columns = headOf(file, line, parsed.record);
    else yield rowOf({ file, line }, columns, parsed.record);
  }
  await reading;
  yield* bad;
}

/** Lines as an editor counts them. */
class LineCount {
  /** The parser counts a CRLF inside quotes twice. */
  surplus = 0;

  /** A record may have several lines; the parser counts to its last. */
  firstOf({ info, record }: ParsedRecord): number {
    const countOf = (text: string) =>
      record.reduce((sum, value) => sum + value.split(text).length - 1, 0);
    this.surplus += countOf("\r\n");
    return info.lines - this.surplus - countOf("\n");
  }
}

function headOf(file: string, line: number, names: readonly string[]): readonly string[] {
  const columns = names.map((name) => name.trim());
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice === undefined) return columns;
  throw new DataError("two columns have this name.", { file, line, field: twice });
}

function rowOf(
  { file, line }: { readonly file: string; readonly line: number },
  columns: readonly string[],
  values: readonly string[],
): ReadRow {
  if (values.length === columns.length) {
    return { line, fields: Object.fromEntries(columns.map((name, at) => [name, values[at]])) };
  }
  const what = `expected ${columns.length} columns as in the first line, got ${values.length}. A comma inside a value needs quotes around it.`;
  return new DataError(what, { file, line, field: columns[values.length] ?? null });
}

function lineError(file: string, error: CsvError, { surplus }: LineCount): DataError {
  const line = typeof error.lines === "number" ? error.lines - surplus : null;
  return new DataError(`no CSV (${error.message}).`, { file, line, field: null }, error);
}
