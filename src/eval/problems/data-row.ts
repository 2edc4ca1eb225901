import type { DataError } from "./data-error.js";

/** One problem as its source has it: fields by name. */
export interface DataRow {
  /** The first line is 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a reader of rows yields: a row, or what is wrong with its line; it goes on behind a bad one. */
export type ReadRow = DataRow | DataError;
