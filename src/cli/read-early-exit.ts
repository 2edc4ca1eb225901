import { type AnswerEntropyOptions, answerEntropy } from "../core/early-exit/answer-entropy.js";
import { closeMargin } from "../core/early-exit/close-margin.js";
import { numberOr, unescapeText } from "../core/points/point-name.js";
import { RouteError } from "../core/route-error.js";
import type { CloseRule } from "../langchain/options/early-exit-options.js";
import { readNumber } from "./read-options.js";
import { UsageError } from "./usage-error.js";

/** Options of when a thought is closed because it is done. */
export const EARLY_EXIT_OPTIONS = {
  "close-when": { type: "string" },
  "min-thought-tokens": { type: "string" },
} as const;

/** @throws UsageError */
export function readEarlyExit(values: {
  readonly "close-when"?: string | undefined;
  readonly "min-thought-tokens"?: string | undefined;
}): { readonly closeWhen?: CloseRule; readonly minThoughtTokens?: number } {
  const { "close-when": rule, "min-thought-tokens": least } = values;
  return {
    ...(rule === undefined ? {} : { closeWhen: readRule(rule) }),
    ...(least === undefined ? {} : { minThoughtTokens: readTokens(least) }),
  };
}

/** Written as a point's name is: `closeMargin:2`, `answerEntropy:0.001:every=2`. */
function readRule(text: string): CloseRule {
  const [name = "", number = "", ...options] = text.split(":");
  try {
    if (name === "closeMargin" && options.length === 0)
      return closeMargin(numberOr(number) as number);
    if (name === "answerEntropy") {
      const given = { ...Object.fromEntries(options.map(optionOf)), delta: numberOr(number) };
      return answerEntropy(given as AnswerEntropyOptions);
    }
  } catch (error) {
    if (error instanceof RouteError) throw new UsageError(`--close-when: ${error.message}`);
    throw error;
  }
  throw new UsageError(
    `--close-when must be closeMargin:NATS or answerEntropy:DELTA, with options as :every=2, got ${JSON.stringify(text)}.`,
  );
}

function optionOf(text: string): readonly [string, string | number] {
  const at = text.indexOf("=");
  if (at <= 0) {
    throw new UsageError(
      `--close-when has options as name=value, such as every=2, got ${JSON.stringify(text)}.`,
    );
  }
  const value = text.slice(at + 1);
  const field = text.slice(0, at);
  return [field, field === "lead" ? unescapeText(value) : numberOr(value)];
}

function readTokens(text: string): number {
  const tokens = readNumber("--min-thought-tokens", text, { unit: "tokens", least: 0 });
  if (Number.isSafeInteger(tokens)) return tokens;
  throw new UsageError(
    `--min-thought-tokens must be a whole number of tokens, got ${JSON.stringify(text)}.`,
  );
}
