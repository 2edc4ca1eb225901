import type { EvalUsage } from "./eval-record.js";
import type { Prices } from "./run-file.js";

/** Who is paid for what was asked beside the thought: a verification may be by either model. */
export interface PaidUsage {
  readonly small: EvalUsage;
  readonly large: EvalUsage;
  readonly verify?: EvalUsage | undefined;
  readonly watch?: EvalUsage | undefined;
}

const MILLION = 1e6;

/** What a reply cost, in the unit of the prices. @param judge - whose the verification's tokens are */
export function moneyOf(usage: PaidUsage, prices: Prices, judge: "small" | "large"): number {
  const of = (used: EvalUsage | undefined, role: "small" | "large") =>
    used === undefined ? 0 : priceOf(used, prices[role]);
  return (
    of(usage.small, "small") +
    of(usage.large, "large") +
    of(usage.verify, judge) +
    of(usage.watch, "small")
  );
}

function priceOf(
  { input, cached, output }: EvalUsage,
  { input: perInput, cachedInput = perInput, output: perOutput }: Prices["small"],
): number {
  const read = Math.min(input, cached ?? 0);
  return ((input - read) * perInput + read * cachedInput + output * perOutput) / MILLION;
}
