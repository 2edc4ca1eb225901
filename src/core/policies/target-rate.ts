import { requireNumber } from "../check-argument.js";
import type { Json } from "../json.js";
import type { Glimpse, RouteContext, RouteDecision, RoutePolicy } from "../route-policy.js";
import { requireThreshold } from "./threshold-argument.js";

/** Places that were judged, and those of them that went to large: all that moves tau. */
interface Counts {
  readonly places: number;
  readonly large: number;
}

/** A reply's own: it can be gone on with where the shared counts are others. */
type ReplyState = {
  /** The shared tau when the reply began. */
  readonly from: number;
  readonly places: number;
  readonly large: number;
  readonly step: number;
  /** The latest place of each point in the step, and whether it went to large: it may be asked again. */
  readonly latest: { readonly [point: string]: readonly [occasion: number, large: boolean] };
};

/**
 * Large where the point's value is above a tau that moves until a share `rate` of the places (occasions of
 * steps) goes to large, whatever the pair and the task: behind every place, tau <- tau + g(1{large} - rate),
 * with g for `gain`. It is the quantile tracking of adaptive conformal inference (Gibbs and Candes, arXiv 2106.00170).
 *
 * Over T places, the share that this policy sent to large is within (ln k + 2g(1 + D)) / (gT) of `rate`,
 * whatever the values are, as long as they and `start` lie within 0 and ln k (for a point with another range,
 * its width stands in place of ln k). D counts the decisions in flight: the most places of other replies
 * that a decision did not see, because their replies were not over when its own began.
 *
 * Within a reply tau moves in the reply's state; a new reply begins with the sum over the replies that are
 * over, in this process and with this very policy. A reply resumed elsewhere goes on with its own tau, and
 * joins the sum of the process in which it ends.
 *
 * @param rate - the share of the places that is wanted, 0 to 1; the paper recommends 0.2 to 0.3 of the steps
 * @param options.start - tau to begin with, in the unit of the point's value
 * @param options.gain - g, in the unit of the point's value: how far one place moves tau. Higher finds the
 * rate sooner, and sways more @defaultValue 0.05
 * @throws RouteError `invalid_option` where one of them cannot be
 */
export function targetRate(
  rate: number,
  options: { readonly start: number; readonly gain?: number },
): RoutePolicy {
  const { start, gain = 0.05 } = options ?? {};
  requireNumber("`rate` of targetRate()", rate, { least: 0, most: 1 }, "Give a share, 0 to 1.");
  requireThreshold("`start` of targetRate()", start);
  requireNumber("`gain` of targetRate()", gain, { least: Number.MIN_VALUE }, "Give more than 0.");
  // Whole numbers: the sum is the same in whatever order replies end.
  let shared: Counts = { places: 0, large: 0 };
  const tau = (from: number, { places, large }: Counts) => from + gain * (large - rate * places);

  const decide = (
    { point, occasion, value }: Glimpse,
    { step, state }: RouteContext,
  ): RouteDecision => {
    const before = readState(state) ?? { from: tau(start, shared), ...NOTHING, step };
    const latest = before.step === step ? before.latest : NOTHING.latest;
    const isAgain = latest[point]?.[0] === occasion;
    const wasLarge = isAgain && latest[point]?.[1] === true;
    // A place counts once, as large if any of its values was above tau; it does not move its own tau.
    const others = {
      places: before.places - (isAgain ? 1 : 0),
      large: before.large - (wasLarge ? 1 : 0),
    };
    const isLarge = wasLarge || value > tau(before.from, others);
    const after: ReplyState = {
      from: before.from,
      places: others.places + 1,
      large: others.large + (isLarge ? 1 : 0),
      step,
      latest: { ...latest, [point]: [occasion, isLarge] },
    };
    return { route: isLarge ? "large" : "small", state: after };
  };

  const settle = (state: Json) => {
    const reply = readState(state);
    if (reply === undefined) return;
    shared = { places: shared.places + reply.places, large: shared.large + reply.large };
  };
  // A name would be shown in traces in place of "a function".
  return Object.assign((glimpse: Glimpse, context: RouteContext) => decide(glimpse, context), {
    settle,
  });
}

const NOTHING: Pick<ReplyState, "places" | "large" | "latest"> = {
  places: 0,
  large: 0,
  latest: {},
};

/** A thought may be resumed under another policy: a state of another kind counts as none. */
function readState(state: Json | undefined): ReplyState | undefined {
  const { from, places, large, step, latest } = (state ?? {}) as Partial<ReplyState>;
  const isCounted = [from, places, large, step].every(Number.isFinite);
  return isCounted && typeof latest === "object" && latest !== null
    ? (state as ReplyState)
    : undefined;
}
