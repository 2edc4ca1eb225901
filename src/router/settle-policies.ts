import type { RouteConfig } from "./route-config.js";
import { ROUTER } from "./take-glimpse.js";
import type { ThoughtState } from "./thought-state.js";

/** A reply is over: its policies, those of a point's parts too, learn from it for the next one. */
export function settlePolicies(
  { policy, point }: Pick<RouteConfig, "policy" | "point">,
  { policyStates }: ThoughtState,
): void {
  for (const each of [{ of: ROUTER, policy }, ...(point?.policies ?? [])]) {
    const learned = policyStates[each.of];
    if (learned !== undefined) each.policy.settle?.(learned);
  }
}
