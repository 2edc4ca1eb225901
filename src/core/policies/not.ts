import { requirePolicies } from "../check-argument.js";
import type { RoutePolicy } from "../route-policy.js";
import { withSettle } from "./combine.js";
import { answerOf, decisionOf } from "./decision.js";

/**
 * Large where `policy` says small, and the other way round. Its state is that policy's; its
 * `until: "end"` goes, since it belongs to a large that is none here.
 *
 * @throws RouteError `invalid_option` where it is no function
 */
export function not(policy: RoutePolicy): RoutePolicy {
  requirePolicies("not", [policy]);
  return withSettle(
    (glimpse, context) => {
      const { route, state } = decisionOf("not", policy(glimpse, context));
      return answerOf(route === "large" ? "small" : "large", false, state);
    },
    [policy],
    (state) => [state],
  );
}
