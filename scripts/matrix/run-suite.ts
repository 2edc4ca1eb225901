import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { outputOf } from "../run-command.js";
import { type NodeBinary, withNode } from "./node-binary.js";
import type { CellResult } from "./results.js";

/** What vitest's JSON says, as far as it is read. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export type Counts = Pick<CellResult, "passed" | "failures">;

/**
 * Runs tests in a copy of the checkout with a Node of its own.
 *
 * @param files - all, where none is given
 * @throws Error where vitest ended without a report
 */
export async function runSuite(
  place: string,
  node: NodeBinary,
  files: readonly string[] = [],
): Promise<Counts> {
  const file = join(place, ".cache", "matrix-report.json");
  await rm(file, { force: true });
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const options = ["--reporter=json", `--outputFile=${file}`];
  try {
    await outputOf("node", [vitest, "run", ...files, ...options], place, withNode(node));
  } catch (error) {
    // Red tests are a result; no report is none.
    if (!existsSync(file)) throw error;
  }
  return countsOf(JSON.parse(await readFile(file, "utf8")), place);
}

function countsOf({ numPassedTests, testResults }: Report, place: string): Counts {
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const where = name.slice(place.length + 1);
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (status === "failed" && failed.length === 0) return [`${where}: ${firstLine(message)}`];
    return failed.map(
      ({ fullName, failureMessages: [words = ""] }) => `${where}: ${fullName}: ${firstLine(words)}`,
    );
  });
  return { passed: numPassedTests, failures };
}

function firstLine(words: string): string {
  return words.split("\n", 1)[0] ?? "";
}
