import type { RoutePolicy } from "../route-policy.js";
import { requireThreshold } from "./threshold-argument.js";

/**
 * Large where the entropy of the token at which the decision falls is above `threshold`, whatever the
 * point's value is. At `stepStart` that is H_init > tau: the paper's rule (arXiv 2601.05110, section 3).
 *
 * @param threshold - tau in nats, 0 to ln k (2.996 for k = 20)
 * @throws RouteError `invalid_option` where `threshold` is no finite number
 */
export function entropyAbove(threshold: number): RoutePolicy {
  requireThreshold("`threshold` of entropyAbove()", threshold);
  return ({ entropy }) => (entropy > threshold ? "large" : "small");
}
