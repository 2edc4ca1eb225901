import { createReadStream } from "node:fs";

/** A line of a file, without its line break. */
export interface FileLine {
  /** The first line is 1. */
  readonly number: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 file, one at a time; a byte order mark and the CR of CRLF are left out. A line ends at LF alone:
 * `node:readline` also ends one at U+2028, which JSON may hold as it is, and would tear that line in two.
 */
export async function* readLines(file: string): AsyncGenerator<FileLine, void, void> {
  let rest = "";
  let number = 0;
  for await (const piece of createReadStream(file, { encoding: "utf8" })) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield lineOf(++number, line);
  }
  if (rest !== "") yield lineOf(++number, rest);
}

function lineOf(number: number, line: string): FileLine {
  const begin = number === 1 && line.startsWith("\ufeff") ? 1 : 0;
  return { number, text: line.slice(begin, line.endsWith("\r") ? -1 : undefined) };
}
