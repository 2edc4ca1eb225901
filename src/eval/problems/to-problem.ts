import { z } from "zod";
import type { Json } from "../../core/json.js";
import { DataError, type DataPlace } from "./data-error.js";
import type { DataRow } from "./data-row.js";
import type { Problem } from "./problem.js";

/** Names of the fields that a problem is made of, where they are none of the usual ones. */
export interface ProblemColumns {
  /** @defaultValue "id"; without one, the line's number */
  readonly id?: string | undefined;
  /** @defaultValue the first there is of "prompt", "question", "problem", "input" */
  readonly prompt?: string | undefined;
  /** @defaultValue the first there is of "answer", "target", "solution" */
  readonly answer?: string | undefined;
  /** @defaultValue "cluster"; without one, each problem is its own */
  readonly cluster?: string | undefined;
}

const USUAL: Readonly<Record<keyof ProblemColumns, readonly string[]>> = {
  id: ["id"],
  prompt: ["prompt", "question", "problem", "input"],
  answer: ["answer", "target", "solution"],
  cluster: ["cluster"],
};

const text = z.string().refine((value) => value.trim() !== "", "it is empty");
const name = z.union([text, z.number()]).transform(String);
const message = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: text });
const prompt = z.union([text, z.array(message).min(1)]);
const meta = z.record(z.string(), z.json());

const EXPECTED: Readonly<Record<keyof ProblemColumns | "meta", string>> = {
  id: "a text or a number",
  prompt: 'a text, or messages such as [{"role": "user", "content": "2 + 2?"}]',
  answer: "a text, a number or other JSON",
  cluster: "a text or a number",
  meta: "a JSON object",
};

/** GSM8K writes the result behind this, at the end of the solution. */
const GSM8K = "#### ";

/**
 * A row as a problem. What is none of its fields becomes part of `meta`.
 *
 * @throws DataError naming the field
 */
export function toProblem(row: DataRow, file: string, columns: ProblemColumns): Problem {
  const reader = new RowReader(row, file, columns);
  const found = reader.read("prompt", prompt);
  if (found === undefined) throw reader.missing("prompt");
  const answer = reader.read("answer", z.json());
  const cluster = reader.read("cluster", name);
  const told = reader.rest();
  return {
    id: reader.read("id", name) ?? String(row.line),
    prompt: found,
    ...(answer === undefined ? {} : { answer: answerOf(answer as Json) }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(Object.keys(told).length === 0 ? {} : { meta: told }),
  };
}

function answerOf(answer: Json): Json {
  if (typeof answer !== "string") return answer;
  const at = answer.lastIndexOf(GSM8K);
  return at === -1 ? answer : answer.slice(at + GSM8K.length).trim();
}

class RowReader {
  readonly #row: DataRow;
  readonly #file: string;
  readonly #columns: ProblemColumns;

  constructor(row: DataRow, file: string, columns: ProblemColumns) {
    this.#row = row;
    this.#file = file;
    this.#columns = columns;
  }

  /** `undefined` where the row has no such field: absent, `null`, or an empty cell of what may be left out. */
  read<T>(field: keyof ProblemColumns, schema: z.ZodType<T>): T | undefined {
    const column = this.#columnOf(field);
    const value = column === undefined ? undefined : this.#row.fields[column];
    if (column === undefined || value === undefined || value === null) return undefined;
    if (field !== "prompt" && value === "") return undefined;
    return this.#checked(column, field, schema, value);
  }

  rest(): Readonly<Record<string, Json>> {
    const { meta: given = {}, ...fields } = this.#row.fields;
    const known = (Object.keys(USUAL) as (keyof ProblemColumns)[]).map((each) =>
      this.#columnOf(each),
    );
    const others = Object.entries(fields).filter(([column]) => !known.includes(column));
    return {
      ...this.#checked("meta", "meta", meta, Object.fromEntries(others)),
      ...this.#checked("meta", "meta", meta, given === "" ? {} : given),
    } as Readonly<Record<string, Json>>;
  }

  missing(field: keyof ProblemColumns): DataError {
    const named = this.#columns[field];
    const names = named === undefined ? USUAL[field].join(", ") : named;
    const there = Object.keys(this.#row.fields).join(", ");
    return new DataError(
      `missing. Looked for: ${names}. There are: ${there}.`,
      this.#at(named ?? field),
    );
  }

  #columnOf(field: keyof ProblemColumns): string | undefined {
    const named = this.#columns[field];
    const names = named === undefined ? USUAL[field] : [named];
    return names.find((column) => Object.hasOwn(this.#row.fields, column));
  }

  #checked<T>(
    column: string,
    field: keyof typeof EXPECTED,
    schema: z.ZodType<T>,
    value: unknown,
  ): T {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const got = JSON.stringify(value) ?? typeof value;
    throw new DataError(
      `expected ${EXPECTED[field]}, got ${got.length > 80 ? `${got.slice(0, 80)}...` : got}.`,
      this.#at(column),
    );
  }

  #at(field: string): DataPlace {
    return { file: this.#file, line: this.#row.line, field };
  }
}
