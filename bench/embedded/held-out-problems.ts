import { readFile } from "node:fs/promises";
import { DEMO_PROBLEMS } from "../../src/cli/demo-problems.js";

/** A problem of the embedded pair's test set. */
export interface Problem {
  readonly prompt: string;
  readonly answer: number;
}

const FILE = new URL("../../models/problems.json", import.meta.url);

/** The first of models/problems.json; without that file, those of the demo. */
export async function heldOutProblems(count: number): Promise<readonly Problem[]> {
  try {
    const problems: readonly Problem[] = JSON.parse(await readFile(FILE, "utf8"));
    return problems.slice(0, count);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== "ENOENT") throw error;
    return DEMO_PROBLEMS;
  }
}
