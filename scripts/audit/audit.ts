/**
 * Asks the registry for known faults: in what users install, and in what is needed to work on the package.
 *
 *     npm run audit        exit status 1: some are known; 2: the registry did not answer. Not a part of the gate.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Verdict, verdictOf } from "./verdict.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function audit(what: string, options: readonly string[]): Promise<Verdict> {
  const verdict = verdictOf(await printedBy(["audit", "--json", ...options]));
  console.log(`${what}: ${verdict.words}`);
  return verdict;
}

/** Whatever its exit status: npm has one for faults that were found, and for an answer that did not come. */
function printedBy(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const done = (_error: unknown, printed: string) => resolve(printed);
    execFile("npm", args, { cwd: ROOT, maxBuffer: 64 * 2 ** 20 }, done);
  });
}

const verdicts = [
  await audit("what users install", ["--omit=dev"]),
  await audit("all of it", []),
].map(({ is }) => is);
if (verdicts.includes("found")) process.exitCode = 1;
else if (verdicts.includes("not run")) process.exitCode = 2;
