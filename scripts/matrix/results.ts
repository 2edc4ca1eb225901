import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Cell } from "./cells.js";
import type { Versions } from "./place.js";

/** What one cell showed. */
export interface CellResult {
  readonly cell: string;
  /** What the checkout held, see `treeHash`. */
  readonly tree: string;
  /** "7753f1d", see `commitOfCheckout`. */
  readonly commit: string;
  /** "2026-11-26" */
  readonly date: string;
  /** "22.23.3" */
  readonly node: string;
  readonly versions: Versions;
  readonly passed: number;
  /** Names of tests or checks, with the first line of what they said. */
  readonly failures: readonly string[];
  /** What failed among all the others, and passed when its file was run again alone. */
  readonly passedAlone: readonly string[];
}

/** What a cell's tests showed. */
export type Counts = Pick<CellResult, "passed" | "failures" | "passedAlone">;

/** Kept in the user's cache folder, so that a run that was broken off goes on. */
export async function saveResult(result: CellResult): Promise<void> {
  await mkdir(resultsFolder(), { recursive: true });
  await writeFile(fileOf(result.cell), `${JSON.stringify(result, null, 2)}\n`);
}

/** The last result of a cell; `null` where it never ran here. */
export async function lastResult({ name }: Cell): Promise<CellResult | null> {
  try {
    return JSON.parse(await readFile(fileOf(name), "utf8"));
  } catch {
    return null;
  }
}

function fileOf(cell: string): string {
  return join(resultsFolder(), `${cell}.json`);
}

function resultsFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "langchain-glimprouter", "matrix");
}
