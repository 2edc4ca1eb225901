import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { isPoint } from "../../core/points/point-arguments.js";
import { above } from "../../core/policies/above.js";
import type { RoutePolicy } from "../../core/route-policy.js";
import { invalidOption } from "./invalid-option.js";

/** Where decisions fall, and how; options of the router, and of one call. */
export interface RoutingOptions {
  /**
   * tau in nats, from 0 to ln `topLogprobs` (2.996 for 20): a step whose H_init is above it goes to large. With
   * `glimpseAt`: in the point's unit and range.
   * @defaultValue 1.0; none for a point whose value is not in nats
   */
  readonly threshold?: number | undefined;
  /** Takes the threshold's place. Must be a pure function. */
  readonly policy?: RoutePolicy | undefined;
  /**
   * Where in a step a decision falls, and by which of small's tokens: `stepStart()`, `firstTokens(3)`,
   * `span({ after: "=", of: "number" })`, `stepEnd("meanEntropy")`, ... (docs/glimpse-points.md).
   * @defaultValue stepStart(): the step's first token, by its entropy
   */
  readonly glimpseAt?: GlimpsePoint | undefined;
}

/** The same, checked. */
export interface Routing {
  /** `null` where a policy decides. */
  readonly threshold: number | null;
  readonly policy: RoutePolicy;
  /** Absent: a step's first token, by its entropy. */
  readonly point?: GlimpsePoint;
}

const DEFAULT_THRESHOLD = 1;

/** What the name of every point begins with that decides at a step's first token. */
const STEP_START = "stepStart";

/**
 * @throws GlimpRouterError `invalid_option` naming field, value and remedy
 */
export function resolveRouting(
  { threshold, policy, glimpseAt }: RoutingOptions,
  { topLogprobs, glimpse }: { readonly topLogprobs: number; readonly glimpse: "fused" | "probe" },
): Routing {
  const point = pointOf(glimpseAt);
  if (glimpse === "probe" && point !== undefined && !point.name.startsWith(STEP_START)) {
    throw invalidOption(
      "glimpseAt",
      point.name,
      'With `glimpse: "probe"` only the first token of a step is seen before small writes it. Leave `glimpse` at "fused", or take stepStart().',
    );
  }
  if (policy !== undefined) return { threshold: null, policy, ...(point && { point }) };
  const tau = threshold ?? defaultThreshold(point);
  checkThreshold(tau, topLogprobs, point);
  return { threshold: tau, policy: above(tau), ...(point && { point }) };
}

/** A call's own routing; what it does not name is the router's. */
export function routingOfCall(
  call: RoutingOptions,
  router: Routing & { readonly topLogprobs: number; readonly glimpse: "fused" | "probe" },
): Routing {
  const { threshold, policy, glimpseAt } = call;
  if (threshold === undefined && policy === undefined && glimpseAt === undefined) return router;
  requirePoint(glimpseAt);
  requirePolicy(policy);
  const own = threshold === undefined && policy === undefined;
  const given: RoutingOptions = {
    glimpseAt: glimpseAt ?? router.point,
    policy: own && router.threshold === null ? router.policy : policy,
    threshold: own ? (router.threshold ?? undefined) : threshold,
  };
  return resolveRouting(given, router);
}

export const POINT_REMEDY =
  'Give a point: stepStart(), firstTokens(3), span({ after: "=", of: "number" }), ..., pointFromName("..."), or an object of your own with name, unit, range, cutsInside, start, wants, read and end.';

function requirePoint(value: unknown): void {
  if (value !== undefined && !isPoint(value)) throw invalidOption("glimpseAt", value, POINT_REMEDY);
}

function requirePolicy(value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw invalidOption("policy", value, "Give a function such as above(1).");
}

/** The paper's own is what the router does anyway. */
function pointOf(given: GlimpsePoint | undefined): GlimpsePoint | undefined {
  return given?.name === STEP_START ? undefined : given;
}

function defaultThreshold(point: GlimpsePoint | undefined): number {
  if (point === undefined || point.unit === "nats") return DEFAULT_THRESHOLD;
  throw invalidOption(
    "threshold",
    undefined,
    `The values of ${point.name} are not in nats, so there is no default: give \`threshold\` or \`policy\`.`,
  );
}

function checkThreshold(
  threshold: unknown,
  topLogprobs: number,
  point: GlimpsePoint | undefined,
): void {
  if (typeof threshold !== "number" || Number.isNaN(threshold) || threshold < 0) {
    throw invalidOption("threshold", threshold, THRESHOLD_REMEDY);
  }
  const most = point === undefined ? Math.log(topLogprobs) : point.range(topLogprobs)[1];
  if (threshold <= most) return;
  const what = point === undefined ? "H_init" : `the value of ${point.name}`;
  const ceiling = point === undefined ? `ln ${topLogprobs} = ${most.toFixed(3)} nats` : `${most}`;
  throw invalidOption(
    "threshold",
    threshold,
    `With ${topLogprobs} candidates ${what} is at most ${ceiling}, so nothing would go to large. If that is wanted, set \`policy: always("small")\` (or \`always("large")\` for the opposite).`,
  );
}

export const THRESHOLD_REMEDY =
  'Give tau in nats, 0 or more. To send every step to one model, set `policy: always("small")` or `policy: always("large")`.';
