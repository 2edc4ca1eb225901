import { readFile } from "node:fs/promises";

export interface Problem {
  readonly prompt: string;
  readonly answer: number;
}

/** The pair's 300 held-out problems. */
export async function heldOutProblems(): Promise<readonly Problem[]> {
  const file = new URL("../../../models/problems.json", import.meta.url);
  return JSON.parse(await readFile(file, "utf8"));
}
