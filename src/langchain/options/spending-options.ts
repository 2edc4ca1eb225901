import { z } from "zod";
import type { Prices } from "../../core/reply-cost.js";
import { invalidOption } from "./invalid-option.js";

/** What a reply costs, and may cost. */
export interface SpendingOptions {
  /**
   * What a million tokens of each model cost: `{ small: { input, cachedInput, output }, large }`, in any unit. The record
   * then has the reply's `cost` in this unit, and a custom event `glimprouter_cost` tells it. Absent: `cost` is `null`.
   */
  readonly prices?: Prices | undefined;
  /**
   * The most tokens that all requests of a reply may read and write together, of both models: each request reads the prompt
   * and the thought. Before one that would leave no room for the answer the thought is closed (`stopReason: "tokens"`).
   * Absent: no limit.
   */
  readonly maxTotalTokens?: number | undefined;
  /** The same in money, in the unit of `prices`, which it needs (`stopReason: "cost"`). Absent: no limit. */
  readonly maxCost?: number | undefined;
}

export const PRICES_REMEDY =
  "Give { small: { input, cachedInput, output }, large: { input, cachedInput, output } }: what a million tokens cost, 0 or more. `cachedInput` may be left out, and is `input` then.";
export const MAX_TOTAL_REMEDY =
  "Give a whole number of tokens, 1 or more: all that is read and written for a reply.";
export const MAX_COST_REMEDY =
  "Give a number above 0, in the unit of `prices`, together with `prices`.";

const price = z.number().min(0);
const modelPrice = z.object({ input: price, cachedInput: price.optional(), output: price });

export const pricesSchema = z.object({ small: modelPrice, large: modelPrice });

/** In an error's words, where a field of a price is misspelt. */
export const PRICE_FIELDS = Object.keys(modelPrice.shape);

/** @throws GlimpRouterError `invalid_option` where a limit in money comes without prices */
export function resolveSpending({ prices, maxTotalTokens, maxCost }: SpendingOptions): {
  readonly prices?: Prices;
  readonly maxTotalTokens?: number;
  readonly maxCost?: number;
} {
  if (maxCost !== undefined && prices === undefined) {
    throw invalidOption("maxCost", maxCost, MAX_COST_REMEDY);
  }
  return {
    ...(prices === undefined ? {} : { prices }),
    ...(maxTotalTokens === undefined ? {} : { maxTotalTokens }),
    ...(maxCost === undefined ? {} : { maxCost }),
  };
}
