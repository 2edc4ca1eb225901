import { wrongArgument } from "../check-argument.js";
import type { Route, RoutePolicy } from "../route-policy.js";

/**
 * The same model for every step: the baselines. The glimpse is taken all the same.
 *
 * @throws RouteError `invalid_option` where `route` is neither
 */
export function always(route: Route): RoutePolicy {
  if (route !== "small" && route !== "large") {
    throw wrongArgument("`route` of always()", route, 'Give "small" or "large".');
  }
  return () => route;
}
