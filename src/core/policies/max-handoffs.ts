import { requireWhole } from "../check-argument.js";
import type { Json } from "../json.js";
import type { RoutePolicy } from "../route-policy.js";

/** Where the policy was asked first in the step under way. */
type FirstAsked = { readonly step: number; readonly handoffs: number };

/**
 * Large as long as a hand-off is left: restricts another policy, such as
 * `and(above(1), maxHandoffs(3, { cooldown: 2 }))`, and does not stop the thought. All hand-offs of the
 * reply count, whoever asked for them, a repetition's too. Each costs a request and, on a server without a
 * cache, the reading of the thought.
 *
 * @param n - hand-offs a reply, 0 or more
 * @param options.cooldown - steps that small writes alone before large may be asked again; 0: large may be
 * asked again in the same step, where the point asks more than once @defaultValue 0
 * @throws RouteError `invalid_option` where one of them is no whole number
 */
export function maxHandoffs(
  n: number,
  { cooldown = 0 }: { readonly cooldown?: number } = {},
): RoutePolicy {
  requireWhole("`n` of maxHandoffs()", n, 0, "Give a whole number of hand-offs, 0 or more.");
  requireWhole(
    "`cooldown` of maxHandoffs()",
    cooldown,
    0,
    "Give a whole number of steps, 0 or more.",
  );
  if (cooldown === 0) return (_glimpse, { handoffs }) => (handoffs < n ? "large" : "small");
  return (_glimpse, { step, handoffs, routes, state }) => {
    const before = readFirstAsked(state);
    const first = before?.step === step ? before : { step, handoffs };
    // `routes` ends with the step before this one: what large wrote of this step, only the counts tell.
    const isFree = handoffs === first.handoffs && !routes.slice(-cooldown).includes("large");
    return { route: handoffs < n && isFree ? "large" : "small", state: first };
  };
}

/** A thought may be resumed under another policy: a state of another kind counts as none. */
function readFirstAsked(state: Json | undefined): FirstAsked | undefined {
  const { step, handoffs } = (state ?? {}) as Partial<FirstAsked>;
  return Number.isFinite(step) && Number.isFinite(handoffs) ? (state as FirstAsked) : undefined;
}
