import { GlimpRouterError } from "../../errors.js";

/** Where in a data set something is wrong. */
export interface DataPlace {
  /** As it was named: a path, or `langsmith:NAME`. */
  readonly file: string;
  /** The first line is 1; `null` where the fault is the whole file's. */
  readonly line: number | null;
  /** The field or the column, `null` where it is the whole line. */
  readonly field: string | null;
}

/** A data set that cannot be used as it is; the message names file, line and field. */
export class DataError extends GlimpRouterError {
  readonly file: string;
  readonly line: number | null;
  readonly field: string | null;

  constructor(what: string, { file, line, field }: DataPlace, cause?: unknown) {
    const place = line === null ? file : `${file}:${line}`;
    const about = field === null ? "" : `field \`${field}\`: `;
    super(`${place}: ${about}${what}`, { reason: "invalid_input", cause });
    this.file = file;
    this.line = line;
    this.field = field;
  }
}
