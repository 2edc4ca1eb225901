import { z } from "zod";
import type { Prices } from "../../core/reply-cost.js";

/** What a reply costs. */
export interface SpendingOptions {
  /**
   * What a million tokens of each model cost: `{ small: { input, cachedInput, output }, large }`, in any unit. The record
   * then has the reply's `cost` in this unit, and a custom event `glimprouter_cost` tells it. Absent: `cost` is `null`.
   */
  readonly prices?: Prices | undefined;
}

export const PRICES_REMEDY =
  "Give { small: { input, cachedInput, output }, large: { input, cachedInput, output } }: what a million tokens cost, 0 or more. `cachedInput` may be left out, and is `input` then.";

const price = z.number().min(0);
const modelPrice = z.object({ input: price, cachedInput: price.optional(), output: price });

export const pricesSchema = z.object({ small: modelPrice, large: modelPrice });

/** In an error's words, where a field of a price is misspelt. */
export const PRICE_FIELDS = Object.keys(modelPrice.shape);

export function resolveSpending({ prices }: SpendingOptions): { readonly prices?: Prices } {
  return prices === undefined ? {} : { prices };
}
