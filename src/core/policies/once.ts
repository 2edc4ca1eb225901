import { requirePolicies } from "../check-argument.js";
import type { RoutePolicy } from "../route-policy.js";
import { withSettle } from "./combine.js";
import { answerOf, decisionOf } from "./decision.js";

/**
 * The first time that `policy` says large, large writes the rest of the thought: one request, so the thought
 * is read by large only once. On servers that keep no cache between requests, and where every request is
 * billed with its prompt, that is a strong and cheap baseline (PyroDash, arXiv 2607.20327).
 *
 * @throws RouteError `invalid_option` where it is no function
 */
export function once(policy: RoutePolicy): RoutePolicy {
  requirePolicies("once", [policy]);
  return withSettle(
    (glimpse, context) => {
      const { route, state } = decisionOf("once", policy(glimpse, context));
      return answerOf(route, route === "large", state);
    },
    [policy],
    (state) => [state],
  );
}
