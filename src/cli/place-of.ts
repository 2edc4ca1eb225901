import type { GlimpsePoint } from "../core/points/glimpse-point.js";
import { pointFromName } from "../core/points/point-from-name.js";
import { above } from "../core/policies/above.js";
import { below } from "../core/policies/below.js";
import type { RoutePolicy } from "../core/route-policy.js";
import { DEFAULT_THRESHOLD } from "../langchain/options/routing-options.js";
import type { ReadRouting } from "./read-routing.js";

/** A routing in its parts, also where a calibration holds them. */
export interface Place {
  readonly glimpseAt?: GlimpsePoint;
  readonly threshold: number;
  readonly direction: "above" | "below";
  readonly policy: RoutePolicy;
  /** What a router takes beside the policy. */
  readonly fields: Omit<ReadRouting, "threshold">;
}

export function placeOf({ threshold = DEFAULT_THRESHOLD, ...fields }: ReadRouting): Place {
  if (typeof threshold === "number") {
    const { glimpseAt } = fields;
    const at = glimpseAt === undefined ? {} : { glimpseAt };
    return { ...at, threshold, direction: "above", policy: above(threshold), fields };
  }
  const { point, direction, threshold: tau, verify } = threshold;
  const glimpseAt = pointFromName(point);
  return {
    glimpseAt,
    threshold: tau,
    direction,
    policy: direction === "above" ? above(tau) : below(tau),
    fields: { ...fields, glimpseAt, ...(verify === null ? {} : { verify }) },
  };
}
