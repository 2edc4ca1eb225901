import type { RoutePolicy } from "../route-policy.js";
import { combine } from "./combine.js";

/**
 * Large where at least one policy says large. All of them are asked each time.
 *
 * @throws RouteError `invalid_option` where one of them is no function
 */
export function or(...policies: readonly RoutePolicy[]): RoutePolicy {
  return combine("or", policies, (large) => large > 0);
}
