import type { RoutePolicy } from "../route-policy.js";
import { requireThreshold } from "./threshold-argument.js";

/**
 * Large where the point's value is above `tau`, strictly. At `stepStart` the value is H_init, and this is
 * the paper's rule (arXiv 2601.05110, section 3); it is what the option `threshold` stands for.
 *
 * @param tau - in the unit of the point's value: nats for entropies, 0 to ln k (2.996 for k = 20)
 * @throws RouteError `invalid_option` where `tau` is no finite number
 */
export function above(tau: number): RoutePolicy {
  requireThreshold("`tau` of above()", tau);
  return ({ value }) => (value > tau ? "large" : "small");
}
