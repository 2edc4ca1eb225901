import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../eval/problems/problem.js";
import type { EmbeddedPairName } from "../local/index.js";
import { modelsFolder } from "../local/models-folder.js";

const FILES: Readonly<Record<EmbeddedPairName, string>> = {
  tape: "problems.json",
  words: "words-problems.json",
};

interface Shipped {
  readonly prompt: string;
  readonly answer: number;
  /** Of word problems. */
  readonly template?: string;
}

/** The held-out problems of an embedded pair, which ship with it: it was trained on none of them. */
export async function embeddedProblems(pair: EmbeddedPairName): Promise<Problem[]> {
  const name = FILES[pair];
  const file = join(modelsFolder(import.meta.url, name), name);
  const shipped = JSON.parse(await readFile(file, "utf8")) as readonly Shipped[];
  return shipped.map(({ prompt, answer, template }, at) => ({
    id: String(at + 1),
    prompt,
    answer,
    ...(template === undefined ? {} : { cluster: template }),
  }));
}
