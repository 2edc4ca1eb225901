import type { RoutePolicy } from "../route-policy.js";
import { requireThreshold } from "./threshold-argument.js";

/**
 * Large where the point's value is below `tau`, strictly: for steps that small writes with too much
 * confidence. TrigReason (arXiv 2604.14847) hands over at unusually LOW perplexity; so may
 * `below` with `stepEnd("perplexity")`. With a point whose value rises within one occasion (a maximum), the
 * first token's low value decides: take a point that asks once.
 *
 * @param tau - in the unit of the point's value: nats for entropies, none for a perplexity, which is 1 or more
 * @throws RouteError `invalid_option` where `tau` is no finite number
 */
export function below(tau: number): RoutePolicy {
  requireThreshold("`tau` of below()", tau);
  return ({ value }) => (value < tau ? "large" : "small");
}
