import { type ParseArgsConfig, parseArgs } from "node:util";
import type { ContinuationName } from "../writers/continuations.js";
import { UsageError } from "./usage-error.js";

/** Options of the models, the same for each command. */
export const MODEL_OPTIONS = {
  small: { type: "string" },
  large: { type: "string" },
  pair: { type: "string" },
  continuation: { type: "string" },
  "top-logprobs": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/**
 * Node's `parseArgs`, with one line for what it refuses.
 *
 * @throws UsageError
 */
export function parseOptions<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const said = (error as Error).message.replaceAll("\n", " ");
    throw new UsageError(`${said} Try: glimprouter --help`);
  }
}

/** Whole numbers; `undefined` where the option is left out. */
export function readTopLogprobs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const topLogprobs = Number(text);
  if (Number.isInteger(topLogprobs) && topLogprobs >= 2) return topLogprobs;
  throw new UsageError(
    `--top-logprobs must be a whole number, 2 or more, got ${JSON.stringify(text)}.`,
  );
}

/** One name for both models, or `SMALL,LARGE`. An unknown name is refused later, with the list of those known. */
export function readContinuation(
  text: string | undefined,
): { readonly small: ContinuationName; readonly large: ContinuationName } | undefined {
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => name.trim());
  const [small, large = small, ...others] = names as ContinuationName[];
  if (small === undefined || large === undefined || others.length > 0 || names.includes("")) {
    throw new UsageError(
      `--continuation must be a name, or two as SMALL,LARGE, got ${JSON.stringify(text)}.`,
    );
  }
  return { small, large };
}

/** A number of at least `least`, in the words of `unit`. */
export function readNumber(
  name: string,
  text: string,
  { unit, least }: { readonly unit: string; readonly least: number },
): number {
  const number = Number(text);
  if (text.trim() !== "" && number >= least) return number;
  throw new UsageError(`${name} must be a number of ${unit}, got ${JSON.stringify(text)}.`);
}

/** @throws UsageError */
export function readWhole(name: string, text: string, unit: string, least = 1): number {
  const number = readNumber(name, text, { unit, least });
  if (Number.isSafeInteger(number)) return number;
  throw new UsageError(`${name} must be a whole number of ${unit}, got ${JSON.stringify(text)}.`);
}

/** @throws UsageError */
export function readShare(name: string, text: string): number {
  const share = readNumber(name, text, { unit: "shares, 0 to 1", least: 0 });
  if (share <= 1) return share;
  throw new UsageError(`${name} must be between 0 and 1, got ${JSON.stringify(text)}.`);
}
