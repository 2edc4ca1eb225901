import { createHash } from "node:crypto";
import { access } from "node:fs/promises";
import { DataError } from "./data-error.js";
import type { ReadRow } from "./data-row.js";
import type { Problem } from "./problem.js";
import { readCsv } from "./read-csv.js";
import { readJsonl } from "./read-jsonl.js";
import { type ExampleSource, readLangSmith } from "./read-langsmith.js";
import { type ProblemColumns, toProblem } from "./to-problem.js";

export interface ReadProblemsOptions extends ProblemColumns {
  /** Lines that cannot be used are left out instead of refused. @defaultValue false */
  readonly skipInvalid?: boolean | undefined;
  /** Told each line that is left out. */
  readonly onInvalid?: ((error: DataError) => void) | undefined;
  /** A problem without an answer is refused. @defaultValue false */
  readonly requireAnswer?: boolean | undefined;
  /** langsmith's own `Client`, for `langsmith:NAME`. */
  readonly client?: ExampleSource | undefined;
}

const LANGSMITH = "langsmith:";

/**
 * The problems of a data set, one at a time: a `.jsonl` file, a `.csv` file whose first line names the columns, or
 * `langsmith:NAME`. The usual names of columns are known (`question`, `target`, ...), and so is GSM8K's `#### `.
 *
 * @throws DataError naming file, line and field: a line that is no problem, two with one id or one prompt, an empty file
 */
export async function* readProblems(
  source: string,
  options: ReadProblemsOptions = {},
): AsyncGenerator<Problem, void, void> {
  const { skipInvalid = false, onInvalid } = options;
  const seen = new SeenProblems(source);
  let skipped = 0;
  let read = 0;
  for await (const row of await rowsOf(source, options)) {
    const found = problemOf(row, source, options, seen);
    if (!(found instanceof DataError)) {
      read++;
      yield found;
      continue;
    }
    if (!skipInvalid) throw found;
    skipped++;
    onInvalid?.(found);
  }
  if (read > 0) return;
  const what = skipped === 0 ? "no problem is in it." : `none of its ${skipped} lines can be used.`;
  throw new DataError(what, { file: source, line: null, field: null });
}

async function rowsOf(
  source: string,
  { client }: ReadProblemsOptions,
): Promise<AsyncIterable<ReadRow>> {
  if (source.startsWith(LANGSMITH)) {
    if (client !== undefined) return readLangSmith(source.slice(LANGSMITH.length), client);
    throw wrongSource(
      source,
      "a dataset of LangSmith is read through its client: give `client: new Client()` of langsmith.",
    );
  }
  const read = [
    [".jsonl", readJsonl],
    [".csv", readCsv],
  ] as const;
  const reader = read.find(([end]) => source.toLowerCase().endsWith(end))?.[1];
  if (reader === undefined) {
    throw wrongSource(source, "expected a file that ends in .jsonl or .csv, or langsmith:NAME.");
  }
  try {
    await access(source);
  } catch (cause) {
    throw wrongSource(source, `cannot be read (${(cause as NodeJS.ErrnoException).code}).`, cause);
  }
  return reader(source);
}

function wrongSource(file: string, what: string, cause?: unknown): DataError {
  return new DataError(what, { file, line: null, field: null }, cause);
}

function problemOf(
  row: ReadRow,
  source: string,
  options: ReadProblemsOptions,
  seen: SeenProblems,
): Problem | DataError {
  if (row instanceof DataError) return row;
  try {
    const problem = toProblem(row, source, options);
    if (options.requireAnswer === true && problem.answer === undefined) {
      const field = options.answer ?? "answer";
      const what = "missing: the checker has nothing to compare a reply with.";
      throw new DataError(what, { file: source, line: row.line, field });
    }
    seen.add(problem, row.line);
    return problem;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** Ids and prompts that were read, with the lines where they stand. Prompts as hashes: they may be long. */
class SeenProblems {
  readonly #file: string;
  readonly #ids = new Map<string, number>();
  readonly #prompts = new Map<string, number>();

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws DataError where there is such a one */
  add({ id, prompt }: Problem, line: number): void {
    const hash = createHash("sha256").update(JSON.stringify(prompt)).digest("base64");
    const sameId = this.#ids.get(id);
    if (sameId !== undefined) {
      throw this.#twice("id", line, `${JSON.stringify(id)} is the id of line ${sameId}, too.`);
    }
    const samePrompt = this.#prompts.get(hash);
    if (samePrompt !== undefined) {
      throw this.#twice("prompt", line, `the same problem as in line ${samePrompt}.`);
    }
    this.#ids.set(id, line);
    this.#prompts.set(hash, line);
  }

  #twice(field: string, line: number, what: string): DataError {
    return new DataError(what, { file: this.#file, line, field });
  }
}
