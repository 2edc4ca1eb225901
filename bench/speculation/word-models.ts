import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type EmbeddedPair, embeddedPair, LocalChatModel } from "../../src/local/index.js";

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

/** The pair, and its large model once more with something that writes ahead. Caches are shared with nobody. */
export interface DraftedPair
  extends Pick<EmbeddedPair, "small" | "large" | "threshold" | "glimpseAt"> {
  dispose(): Promise<void>;
}

export async function wordPair(draft?: "small" | "lookup"): Promise<DraftedPair> {
  const pair = await embeddedPair({ pair: "words" });
  if (draft === undefined) return { ...pair, dispose: pair.dispose };
  await pair.large.dispose();
  const large = await LocalChatModel.load({
    model: LARGE_FILE,
    gpu: false,
    draft: draft === "small" ? pair.small : draft,
  });
  const dispose = async () => {
    await large.dispose();
    await pair.small.dispose();
  };
  return { ...pair, large, dispose };
}
