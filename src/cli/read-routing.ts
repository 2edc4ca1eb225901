import type { GlimpsePoint } from "../core/points/glimpse-point.js";
import { pointFromName } from "../core/points/point-from-name.js";
import { RouteError } from "../core/route-error.js";
import { readNumber } from "./read-options.js";
import { UsageError } from "./usage-error.js";

/** Options of where a hand-off may happen, the same for each command that routes. */
export const ROUTING_OPTIONS = {
  threshold: { type: "string" },
  /** The same by the paper's name. */
  tau: { type: "string" },
  point: { type: "string" },
} as const;

/** What is left out is the router's to choose. */
export interface ReadRouting {
  readonly threshold?: number;
  readonly glimpseAt?: GlimpsePoint;
}

/** @throws UsageError */
export function readRouting(values: {
  readonly threshold?: string | undefined;
  readonly tau?: string | undefined;
  readonly point?: string | undefined;
}): ReadRouting {
  const { threshold, tau, point } = values;
  if (threshold !== undefined && tau !== undefined) {
    throw new UsageError("--tau is another name of --threshold: give one of them.");
  }
  const name = tau === undefined ? "--threshold" : "--tau";
  const text = threshold ?? tau;
  const glimpseAt = point === undefined ? undefined : readPoint(point);
  // What it may be depends on the point, and is the router's to say.
  const isInNats = glimpseAt === undefined || glimpseAt.unit === "nats";
  const unit = isInNats ? "nats" : `what ${glimpseAt.name} tells`;
  const least = Number.NEGATIVE_INFINITY;
  return {
    ...(text === undefined ? {} : { threshold: readNumber(name, text, { unit, least }) }),
    ...(glimpseAt === undefined ? {} : { glimpseAt }),
  };
}

function readPoint(name: string): GlimpsePoint {
  try {
    return pointFromName(name);
  } catch (error) {
    if (error instanceof RouteError) throw new UsageError(`--point: ${error.message}`);
    throw error;
  }
}
