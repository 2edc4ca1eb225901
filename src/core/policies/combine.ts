import { requirePolicies } from "../check-argument.js";
import type { Json } from "../json.js";
import type { RoutePolicy } from "../route-policy.js";
import { answerOf, contextOfPart, decisionOf, isUntilEnd } from "./decision.js";

/**
 * A policy made of others. Every part is asked each time, also where the others have settled the matter: its
 * state would miss what it did not see. The state is the list of the parts' states, `null` for one that has
 * none; `until: "end"` holds where a part that says large says so.
 *
 * @param name - in an error's words
 * @param isLarge - of the parts that say large, how many make the whole say large
 */
export function combine(
  name: string,
  parts: readonly RoutePolicy[],
  isLarge: (large: number) => boolean,
): RoutePolicy {
  requirePolicies(name, parts);
  return withSettle(
    (glimpse, context) => {
      const before = statesOf(context.state, parts.length);
      const decisions = parts.map((part, index) =>
        decisionOf(name, part(glimpse, contextOfPart(context, before?.[index] ?? undefined))),
      );
      const large = decisions.filter(({ route }) => route === "large");
      const route = isLarge(large.length) ? "large" : "small";
      const states = decisions.map(({ state }, index) =>
        state === undefined ? (before?.[index] ?? null) : state,
      );
      const hasState = before !== undefined || states.some((state) => state !== null);
      return answerOf(
        route,
        route === "large" && large.some(isUntilEnd),
        hasState ? states : undefined,
      );
    },
    parts,
    (state) => statesOf(state, parts.length) ?? [],
  );
}

/**
 * Adds `settle` where a part has one: a router need not keep what nobody wants to be told.
 *
 * @param statesOfParts - takes the last state of the whole apart, in the order of the parts
 */
export function withSettle(
  decide: RoutePolicy,
  parts: readonly RoutePolicy[],
  statesOfParts: (state: Json) => readonly Json[],
): RoutePolicy {
  if (!parts.some((part) => part.settle !== undefined)) return decide;
  return Object.assign(decide, {
    settle(state: Json) {
      for (const [index, last] of statesOfParts(state).entries()) {
        if (last !== null) parts[index]?.settle?.(last);
      }
    },
  });
}

/** A thought may be resumed under another policy: what is no list of these parts' states counts as none. */
function statesOf(state: Json | undefined, parts: number): readonly Json[] | undefined {
  return Array.isArray(state) && state.length === parts ? state : undefined;
}
