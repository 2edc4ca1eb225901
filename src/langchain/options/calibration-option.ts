import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { pointFromName } from "../../core/points/point-from-name.js";
import { RouteError } from "../../core/route-error.js";
import type { ThinkingTags } from "../../core/thinking-tags.js";
import type { Calibration } from "../calibration/calibration.js";
import { DriftWatch } from "../calibration/drift.js";
import { readCalibration } from "../calibration/read-calibration.js";
import { invalidOption } from "./invalid-option.js";
import { type Routing, resolveRouting } from "./routing-options.js";
import { type ResolvedVerify, resolveVerify } from "./verify-options.js";

/** How far a calibration is believed to be of the two models at hand. */
export interface CalibrationOptions {
  /**
   * Of a calibration in `threshold`: `"canaries"` asks each model once in a process for one token at five fixed places, at
   * once and beside the first reply's opening, and compares the entropies with the calibration's: more than 0.05 nats apart
   * tells a `glimprouter_calibration` event, more than 0.2 refuses. `"names"` sends nothing: other names are refused.
   * `false`: nobody looks.
   * @defaultValue "canaries"
   */
  readonly verifyCalibration?: "names" | "canaries" | false;
}

/** A calibration that routes. */
export interface Calibrated {
  readonly calibration: Calibration;
  readonly drift: DriftWatch;
  readonly verifyCalibration: "names" | "canaries" | false;
}

interface SetUp {
  readonly delimiter: string;
  readonly thinking: ThinkingTags | false;
  readonly topLogprobs: number;
  readonly glimpse: "fused" | "probe";
}

const IN_IT =
  "The calibration in `threshold` brings it: leave it out, or give `threshold` a number.";

/** Of the options: a calibration in place of a number. */
export function isCalibrationGiven(threshold: unknown): boolean {
  return typeof threshold === "object" && threshold !== null;
}

/**
 * What a calibration sets: point, policy, verification.
 *
 * @throws GlimpRouterError `invalid_option` where it is none, another value stands beside it, or it was made for another
 * set-up
 */
export function resolveCalibration(
  given: {
    readonly threshold: unknown;
    readonly policy?: unknown;
    readonly glimpseAt?: unknown;
    readonly verify?: unknown;
    readonly onVerifyFailure?: "accept" | "large" | undefined;
    readonly verifyCalibration?: "names" | "canaries" | false | undefined;
  },
  setUp: SetUp,
): Routing & { readonly verify?: ResolvedVerify; readonly calibrated: Calibrated } {
  const what = "Option `threshold` of GlimpRouterChatModel";
  const calibration = readCalibration(given.threshold, what);
  const { policy, glimpseAt, verify, onVerifyFailure, verifyCalibration = "canaries" } = given;
  for (const [field, value] of Object.entries({ policy, glimpseAt, verify })) {
    const isNone = field === "verify" && value === false && calibration.verify === null;
    if (value !== undefined && !isNone) throw invalidOption(field, value, IN_IT);
  }
  checkSetUp(calibration, setUp);
  const point = pointOf(calibration);
  const routing = resolveRouting({ threshold: calibration.threshold, glimpseAt: point }, setUp);
  const drift = new DriftWatch(calibration);
  return {
    ...routing,
    policy: drift.policy,
    ...resolveVerify(calibration.verify ?? undefined, onVerifyFailure),
    calibrated: { calibration, drift, verifyCalibration },
  };
}

/** Values of another set-up mean something else. */
function checkSetUp(calibration: Calibration, setUp: SetUp): void {
  for (const field of ["delimiter", "thinking", "topLogprobs"] as const) {
    const made = field === "topLogprobs" ? calibration.k : calibration[field];
    const [was, is] = [JSON.stringify(made), JSON.stringify(setUp[field])];
    if (was === is) continue;
    throw invalidOption(
      field,
      setUp[field],
      `The calibration ${JSON.stringify(calibration.id)} in \`threshold\` was made with \`${field}: ${was}\`, and its values mean nothing with ${is}: give that, or calibrate anew.`,
    );
  }
}

function pointOf({ id, point }: Calibration): GlimpsePoint {
  try {
    return pointFromName(point);
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    throw invalidOption(
      "threshold",
      { point },
      `Its calibration ${JSON.stringify(id)} is for a point that this version does not know. ${error.message}`,
    );
  }
}
