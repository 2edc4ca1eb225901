import { requireNumber } from "../check-argument.js";
import type { RoutePolicy } from "../route-policy.js";

/**
 * Large where the entropy of the token at which the decision falls is above a share `x` of its ceiling
 * ln k. The paper's rule (arXiv 2601.05110, section 3) in a unit that can be compared between servers that
 * list different numbers of candidates; a tau in nats belongs to its k.
 *
 * @param x - H / ln k, 0 to 1: tau = 1 nat with k = 20 is 0.334
 * @throws RouteError `invalid_option` where `x` is outside 0 to 1
 */
export function normalizedEntropyAbove(x: number): RoutePolicy {
  requireNumber(
    "`x` of normalizedEntropyAbove()",
    x,
    { least: 0, most: 1 },
    "Give a share of the ceiling ln k, 0 to 1; for nats take entropyAbove.",
  );
  return ({ normalizedEntropy }) => (normalizedEntropy > x ? "large" : "small");
}
