import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";

/** A held-out problem of the pair that thinks in words. */
export interface WordProblem {
  readonly prompt: string;
  readonly answer: number;
}

export const LARGE_FILE = fileURLToPath(new URL("../../models/words-large.gguf", import.meta.url));
const PROBLEMS = new URL("../../models/words-problems.json", import.meta.url);

/**
 * The first of models/words-problems.json, or of a file with one problem a line.
 *
 * @param count - absent: all
 */
export async function wordProblems(
  count?: number,
  file: string | URL = PROBLEMS,
): Promise<readonly WordProblem[]> {
  const text = await readFile(file, "utf8");
  const problems: readonly WordProblem[] = text.startsWith("[")
    ? JSON.parse(text)
    : text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
  return problems.slice(0, count);
}

/** Loaded anew each time: ways of answering share no cache. */
export function wordPair(draft?: "small" | "lookup"): Promise<EmbeddedPair> {
  return embeddedPair({ pair: "words", ...(draft === undefined ? {} : { draft }) });
}
