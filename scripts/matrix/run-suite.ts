import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../run-command.js";
import { type NodeBinary, withNode } from "./node-binary.js";
import type { Counts } from "./results.js";

/** What vitest's JSON says, as far as it is read. */
interface Report {
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

/** What one file of tests showed. */
interface FileCounts {
  readonly passed: number;
  readonly failures: readonly string[];
}

/**
 * Runs tests in a copy of the checkout with a Node of its own. Files that are red are run a second time, alone:
 * a wait that was too short on a busy machine is told from what does not hold.
 *
 * @throws Error where vitest ended without a report
 */
export async function runSuite(place: string, node: NodeBinary): Promise<Counts> {
  const first = await runFiles(place, node, []);
  const red = [...first].filter(([, { failures }]) => failures.length > 0).map(([file]) => file);
  if (red.length === 0) return totalOf(first);
  const alone = await runFiles(place, node, red, ["--maxWorkers=1"]);
  const passedAlone = red
    .filter((file) => alone.get(file)?.failures.length === 0)
    .flatMap((file) => first.get(file)?.failures ?? []);
  return { ...totalOf(new Map([...first, ...alone])), passedAlone };
}

/**
 * Runs some files once.
 *
 * @throws Error where vitest ended without a report
 */
export async function runSome(
  place: string,
  node: NodeBinary,
  files: readonly string[],
): Promise<Counts> {
  return totalOf(await runFiles(place, node, files));
}

/** What each file showed; all files, where none is named. */
async function runFiles(
  place: string,
  node: NodeBinary,
  files: readonly string[],
  options: readonly string[] = [],
): Promise<ReadonlyMap<string, FileCounts>> {
  const report = join(place, ".cache", "matrix-report.json");
  await rm(report, { force: true });
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
  try {
    const args = [vitest, "run", ...files, ...options, ...reporters];
    await runCommand("node", args, place, withNode(node));
  } catch (error) {
    // Red tests are a result; no report is none.
    if (!existsSync(report)) throw error;
  }
  return countsOf(JSON.parse(await readFile(report, "utf8")), place);
}

function countsOf({ testResults }: Report, place: string): ReadonlyMap<string, FileCounts> {
  return new Map(
    testResults.map(({ name, status, message, assertionResults }) => {
      const file = name.slice(place.length + 1);
      const passed = assertionResults.filter((test) => test.status === "passed").length;
      const failures = assertionResults
        .filter((test) => test.status === "failed")
        .map(({ fullName, failureMessages: [words = ""] }) => `${fullName}: ${firstLine(words)}`);
      if (status === "failed" && failures.length === 0) failures.push(firstLine(message));
      return [file, { passed, failures: failures.map((failure) => `${file}: ${failure}`) }];
    }),
  );
}

function totalOf(files: ReadonlyMap<string, FileCounts>): Counts {
  const counts = [...files.values()];
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failures: counts.flatMap(({ failures }) => failures),
    passedAlone: [],
  };
}

function firstLine(words: string): string {
  return words.split("\n", 1)[0] ?? "";
}
