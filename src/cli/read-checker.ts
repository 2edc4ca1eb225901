import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Checker } from "../eval/checkers/checker.js";
import { CHECKERS, type CheckerName } from "../eval/checkers/run-checker.js";
import { UsageError } from "./usage-error.js";

/**
 * A checker by its name, or the default export of a JavaScript file.
 *
 * @param data - absent: the embedded problems, whose answers are boxed
 * @throws UsageError
 */
export async function readChecker(
  given: string | undefined,
  data: string | undefined,
): Promise<CheckerName | Checker> {
  const names = Object.keys(CHECKERS).join(", ");
  if (given === undefined) {
    if (data === undefined) return "boxed";
    throw new UsageError(`--checker is missing: ${names}, or a JavaScript file.`);
  }
  if (Object.hasOwn(CHECKERS, given)) return given as CheckerName;
  if (!given.includes(".")) {
    throw new UsageError(
      `--checker must be ${names}, or a JavaScript file, got ${JSON.stringify(given)}.`,
    );
  }
  const checker = await defaultExport(given);
  if (typeof checker === "function") return checker as Checker;
  throw new UsageError(
    `--checker ${given} must export a function as its default: (reply, problem) => true, false, or { score, extracted, why }.`,
  );
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    const said = error instanceof Error ? error.message.replaceAll("\n", " ") : String(error);
    throw new UsageError(`--checker ${file} cannot be loaded: ${said}`);
  }
}
