import type { Json } from "../json.js";
import { RouteError } from "../route-error.js";
import type { Route, RouteContext, RouteDecision, RoutePolicy } from "../route-policy.js";

/**
 * What a part of a combination decides.
 *
 * @throws RouteError `invalid_option` where it returned something else: it would count as small for ever
 */
export function decisionOf(combination: string, answer: ReturnType<RoutePolicy>): RouteDecision {
  const decision = typeof answer === "string" ? { route: answer } : answer;
  const route: unknown = decision?.route;
  if (route !== "small" && route !== "large") {
    throw new RouteError(
      "invalid_option",
      `Expected the policies of ${combination}() to return "small" or "large", got ${JSON.stringify(answer)}. Asynchronous policies are not supported.`,
    );
  }
  return decision;
}

/** A decision in its shortest form: the bare route where there is no more to say. */
export function answerOf(
  route: Route,
  untilEnd: boolean,
  state: Json | undefined,
): Route | RouteDecision {
  if (!untilEnd && state === undefined) return route;
  return {
    route,
    ...(untilEnd ? { until: "end" as const } : {}),
    ...(state === undefined ? {} : { state }),
  };
}

/** Large until the end. A small that says so means nothing by it. */
export function isUntilEnd({ route, until }: RouteDecision): boolean {
  return route === "large" && until === "end";
}

/** The context with a part's own state. `routes` stays what it is: a list that is made when it is looked at. */
export function contextOfPart(
  context: RouteContext,
  state: Json | undefined,
): Required<RouteContext> {
  const { step, thought, thoughtTokens, handoffs } = context;
  return {
    step,
    thought,
    thoughtTokens,
    handoffs,
    get routes() {
      return context.routes;
    },
    state,
  };
}
