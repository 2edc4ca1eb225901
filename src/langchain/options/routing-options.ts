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
   * @defaultValue 1.0; none for a point whose value is not in nats, or cannot be 1
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

/** Of points in nats. */
export const DEFAULT_THRESHOLD = 1;

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
  if (glimpse === "probe" && !isSeenByProbe(point)) {
    throw invalidOption(
      "glimpseAt",
      point?.name,
      'With `glimpse: "probe"` only the first token of a step is seen before small writes it. Leave `glimpse` at "fused", or take stepStart().',
    );
  }
  if (policy !== undefined) return { threshold: null, policy, ...(point && { point }) };
  const tau = threshold ?? defaultThreshold(point, topLogprobs);
  checkThreshold(tau, topLogprobs, point);
  return { threshold: tau, policy: above(tau), ...(point && { point }) };
}

/** A call's own routing; what it does not name is the router's. */
export function routingOfCall(
  call: RoutingOptions,
  router: Routing & {
    readonly topLogprobs: number;
    readonly glimpse: "fused" | "probe";
    /** `null` where its threshold is a number. */
    readonly calibrated?: unknown;
  },
): Routing {
  const { threshold, policy, glimpseAt } = call;
  if (threshold === undefined && policy === undefined && glimpseAt === undefined) return router;
  requirePoint(glimpseAt);
  requirePolicy(policy);
  requireNumber(threshold);
  requireOwnThreshold(call, router.calibrated ?? null);
  const own = threshold === undefined && policy === undefined;
  const given: RoutingOptions = {
    glimpseAt: glimpseAt ?? router.point,
    policy: own && router.threshold === null ? router.policy : policy,
    threshold:
      own && unitOf(glimpseAt, router) === unitOf(router.point, router)
        ? (router.threshold ?? undefined)
        : threshold,
  };
  return resolveRouting(given, router);
}

/** What the router's own threshold is in. */
function unitOf(point: GlimpsePoint | undefined, router: Routing): string {
  return (point ?? router.point)?.unit ?? "nats";
}

/** Does a point decide at the one token that a probe brings? */
export function isSeenByProbe(point: GlimpsePoint | undefined): boolean {
  return point === undefined || point.name.startsWith(STEP_START);
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

/** A router that is calibrated looks whether its models are the calibrated ones: a call has no time for that. */
function requireNumber(threshold: unknown): void {
  if (typeof threshold !== "object" || threshold === null) return;
  throw invalidOption(
    "threshold",
    threshold,
    "A calibration is an option of the constructor: give a call a number, or make a router of its own for the calibration.",
  );
}

/** A calibrated tau is one point's own. */
function requireOwnThreshold(
  { threshold, policy, glimpseAt }: RoutingOptions,
  calibrated: unknown,
): void {
  if (threshold !== undefined || policy !== undefined || calibrated === null) return;
  throw invalidOption(
    "glimpseAt",
    glimpseAt?.name,
    "The router's calibration is for its own point: give the call a `threshold` or a `policy`, too.",
  );
}

/** The paper's own is what the router does anyway. */
function pointOf(given: GlimpsePoint | undefined): GlimpsePoint | undefined {
  return given?.name === STEP_START ? undefined : given;
}

function defaultThreshold(point: GlimpsePoint | undefined, topLogprobs: number): number {
  const [least, most] = rangeOf(point, topLogprobs);
  const isUsual = least <= DEFAULT_THRESHOLD && DEFAULT_THRESHOLD <= most;
  if (point === undefined || (point.unit === "nats" && isUsual)) return DEFAULT_THRESHOLD;
  const why = isUsual ? "are not in nats" : `lie between ${told(least)} and ${told(most)}`;
  throw invalidOption(
    "threshold",
    undefined,
    `The values of ${point.name} ${why}, so there is no default: give \`threshold\` or \`policy\`.`,
  );
}

/** Beyond what a value can be, a threshold decides nothing. */
function checkThreshold(
  threshold: unknown,
  topLogprobs: number,
  point: GlimpsePoint | undefined,
): void {
  const [least, most] = rangeOf(point, topLogprobs);
  const isBelow = typeof threshold === "number" && threshold < least;
  if (typeof threshold !== "number" || !Number.isFinite(threshold) || (isBelow && !point)) {
    throw invalidOption("threshold", threshold, THRESHOLD_REMEDY);
  }
  if (!isBelow && threshold <= most) return;
  const what = point === undefined ? "H_init" : `the value of ${point.name}`;
  const [bound, all, other] = isBelow ? ["least", "large", "small"] : ["most", "small", "large"];
  const ceiling = `ln ${topLogprobs} = ${most.toFixed(3)} nats`;
  const limit = point === undefined ? ceiling : told(isBelow ? least : most);
  throw invalidOption(
    "threshold",
    threshold,
    `With ${topLogprobs} candidates ${what} is at ${bound} ${limit}, so ${isBelow ? "all" : "nothing"} would go to large. If that is wanted, set \`policy: always("${all}")\` (or \`always("${other}")\` for the opposite).`,
  );
}

function rangeOf(
  point: GlimpsePoint | undefined,
  topLogprobs: number,
): readonly [least: number, most: number] {
  return point === undefined ? [0, Math.log(topLogprobs)] : point.range(topLogprobs);
}

function told(bound: number): string {
  return Number.isInteger(bound) ? String(bound) : bound.toFixed(3);
}

export const THRESHOLD_REMEDY =
  'Give tau in nats, 0 or more, or the content of a calibration file (JSON.parse of its text). To send every step to one model, set `policy: always("small")` or `policy: always("large")`.';
