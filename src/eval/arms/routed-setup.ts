import type { Json } from "../../core/json.js";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { pointFromName } from "../../core/points/point-from-name.js";
import { stepStart } from "../../core/points/step-start.js";
import { above } from "../../core/policies/above.js";
import { below } from "../../core/policies/below.js";
import type { RoutePolicy } from "../../core/route-policy.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import type { VerifyOption } from "../../langchain/options/verify-options.js";
import type { ArmOptions } from "./arm.js";

/** Where, when and by what a pair is routed. */
export interface RoutedSetup {
  readonly point: GlimpsePoint;
  /** In the point's unit. */
  readonly threshold: number;
  readonly policy: RoutePolicy;
  readonly direction: "above" | "below";
  readonly verify: VerifyOption | null;
  /** Hand-overs an occasion, where it is known. */
  readonly rate: number | null;
}

/** A set-up that was not calibrated. */
export interface GivenSetup {
  readonly point?: GlimpsePoint | undefined;
  readonly threshold?: number | undefined;
  readonly verify?: VerifyOption | undefined;
}

/** As the router's default. */
const THRESHOLD = 1;

export function setupOf({
  point = stepStart(),
  threshold = THRESHOLD,
  verify,
}: GivenSetup): RoutedSetup {
  const policy = above(threshold);
  return { point, threshold, policy, direction: "above", verify: verify ?? null, rate: null };
}

/** @throws RouteError where the point's name is not known */
export function calibratedSetup({
  point,
  threshold,
  direction,
  verify,
  attained,
}: Calibration): RoutedSetup {
  return {
    point: pointFromName(point),
    threshold,
    policy: direction === "above" ? above(threshold) : below(threshold),
    direction,
    verify,
    rate: attained.rate.value,
  };
}

/** The router's options for it. */
export function optionsOf({
  point,
  policy,
  threshold,
  direction,
  verify,
}: RoutedSetup): ArmOptions {
  return {
    glimpseAt: point,
    ...(direction === "above" ? { threshold } : { policy }),
    ...(verify === null ? {} : { verify }),
  };
}

/** The same in plain words of JSON. */
export function settingsOf({ point, threshold, direction, verify }: RoutedSetup): {
  readonly [key: string]: Json;
} {
  if (verify === null) return { point: point.name, direction, threshold };
  const { by, threshold: doubt, when = "always" } = verify;
  const judge = typeof by === "function" ? by.name || "function" : by;
  return { point: point.name, direction, threshold, verify: { by: judge, threshold: doubt, when } };
}
