import type { RoutePolicy } from "../route-policy.js";
import { combine } from "./combine.js";

/**
 * Large where every policy says large: to restrict one by another, such as
 * `and(above(1), maxHandoffs(3))`. All of them are asked each time.
 *
 * @throws RouteError `invalid_option` where one of them is no function
 */
export function and(...policies: readonly RoutePolicy[]): RoutePolicy {
  return combine("and", policies, (large) => large === policies.length);
}
