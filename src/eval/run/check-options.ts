import { GlimpRouterError } from "../../errors.js";
import { requireKnownFields } from "../../known-fields.js";
import { pricesSchema } from "../records/run-file.js";
import type { EvaluateOptions } from "./evaluate-options.js";

/** That none is forgotten, the compiler sees to. */
const FIELDS: Readonly<Record<keyof EvaluateOptions, true>> = {
  small: true,
  large: true,
  draftedLarge: true,
  problems: true,
  checker: true,
  arms: true,
  router: true,
  prices: true,
  calibration: true,
  threshold: true,
  glimpseAt: true,
  verify: true,
  closeWhen: true,
  doubt: true,
  rates: true,
  mode: true,
  repeats: true,
  seed: true,
  concurrency: true,
  atOnce: true,
  primary: true,
  margin: true,
  alpha: true,
  work: true,
  source: true,
  skipped: true,
  arguments: true,
  signal: true,
  onProgress: true,
};

const IN_PLACE_OF_A_CALIBRATION = ["threshold", "glimpseAt", "verify"] as const;

/** @throws GlimpRouterError `invalid_option` naming field, value and remedy */
export function checkOptions(options: EvaluateOptions): void {
  requireKnownFields(options, { owner: "evaluate", known: Object.keys(FIELDS) });
  const { mode, prices, calibration } = options;
  if (mode !== undefined && mode !== "quality" && mode !== "latency") {
    throw invalidOption("mode", mode, 'Give "quality" or "latency".');
  }
  checkCounts(options);
  const parsed = pricesSchema.safeParse(prices);
  if (prices !== undefined && !parsed.success) {
    throw invalidOption(
      "prices",
      prices,
      "Give { small: { input, cachedInput, output }, large: { ... } }, money for a million tokens.",
    );
  }
  if (calibration === undefined) return;
  const twice = IN_PLACE_OF_A_CALIBRATION.find((field) => options[field] !== undefined);
  if (twice === undefined) return;
  throw invalidOption(twice, options[twice], "A calibration says it, too: give one of the two.");
}

function checkCounts(options: EvaluateOptions): void {
  const { repeats = 1, concurrency = 1, atOnce = [1], seed = 0 } = options;
  const { margin = 0, alpha = 0.05, doubt = 0, rates = [] } = options;
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  const isShare = (value: number) => value >= 0 && value <= 1;
  if (!isCount(repeats)) throw invalidOption("repeats", repeats, "Give a whole number, 1 or more.");
  if (!isCount(concurrency)) {
    throw invalidOption("concurrency", concurrency, "Give a whole number of problems, 1 or more.");
  }
  if (atOnce.length === 0 || !atOnce.every(isCount)) {
    throw invalidOption("atOnce", atOnce, "Give whole numbers of replies, such as [1, 8, 32].");
  }
  if (!Number.isSafeInteger(seed)) throw invalidOption("seed", seed, "Give a whole number.");
  if (!isShare(margin))
    throw invalidOption("margin", margin, "Give a difference in accuracy, 0 to 1.");
  if (!(alpha > 0 && alpha < 1))
    throw invalidOption("alpha", alpha, "Give a share between 0 and 1.");
  if (!isShare(doubt)) throw invalidOption("doubt", doubt, "Give a doubt, 0 to 1.");
  if (!rates.every(isShare))
    throw invalidOption("rates", rates, "Give shares of the occasions, 0 to 1.");
}

/** What an option of `evaluate` is refused for. */
export function invalidOption(field: string, value: unknown, remedy: string): GlimpRouterError {
  const shown = JSON.stringify(value) ?? String(value);
  return new GlimpRouterError(`Option \`${field}\` of evaluate cannot be ${shown}. ${remedy}`, {
    reason: "invalid_option",
  });
}
