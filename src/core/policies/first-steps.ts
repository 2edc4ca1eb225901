import { requireWhole } from "../check-argument.js";
import type { RoutePolicy } from "../route-policy.js";

/**
 * Large for the first `n` steps, wherever in them the point asks. The paper's script has it as
 * `first_n_steps_base_model`.
 *
 * @param n - steps, 0 or more
 * @throws RouteError `invalid_option` where `n` is no whole number of steps
 */
export function firstSteps(n: number): RoutePolicy {
  requireWhole("`n` of firstSteps()", n, 0, "Give a whole number of steps, 0 or more.");
  return (_glimpse, { step }) => (step <= n ? "large" : "small");
}
