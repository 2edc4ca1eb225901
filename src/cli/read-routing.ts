import type { GlimpsePoint } from "../core/points/glimpse-point.js";
import { pointFromName } from "../core/points/point-from-name.js";
import { RouteError } from "../core/route-error.js";
import type { Calibration } from "../langchain/calibration/calibration.js";
import { readCalibrationFile } from "./read-calibration-file.js";
import { EARLY_EXIT_OPTIONS, readEarlyExit } from "./read-early-exit.js";
import { readNumber } from "./read-options.js";
import { readVerify, VERIFY_OPTIONS } from "./read-verify.js";
import { UsageError } from "./usage-error.js";

/** Options of how a thought is shared, the same for each command that routes. */
export const ROUTING_OPTIONS = {
  threshold: { type: "string" },
  /** The same by the paper's name. */
  tau: { type: "string" },
  point: { type: "string" },
  calibration: { type: "string" },
  ...VERIFY_OPTIONS,
  ...EARLY_EXIT_OPTIONS,
} as const;

/** What is left out is the router's to choose. */
export interface ReadRouting
  extends ReturnType<typeof readVerify>,
    ReturnType<typeof readEarlyExit> {
  readonly threshold?: number | Calibration;
  readonly glimpseAt?: GlimpsePoint;
  /** Those of a calibration: it holds for no others. */
  readonly delimiter?: string;
  readonly thinking?: Calibration["thinking"];
  readonly topLogprobs?: number;
}

/** @throws UsageError */
export function readRouting(
  values: Readonly<Partial<Record<keyof typeof ROUTING_OPTIONS, string>>>,
): ReadRouting {
  const { threshold, tau, point, calibration } = values;
  if (calibration !== undefined) return calibrated(calibration, values);
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
    ...readVerify(values),
    ...readEarlyExit(values),
  };
}

/** What a calibration stands for. */
const IN_CALIBRATION = [
  "threshold",
  "tau",
  "point",
  "verify",
  "verify-threshold",
  "verify-when",
] as const;

function calibrated(
  path: string,
  values: Readonly<Partial<Record<keyof typeof ROUTING_OPTIONS, string>>>,
): ReadRouting {
  const beside = IN_CALIBRATION.find((name) => values[name] !== undefined);
  if (beside !== undefined) {
    throw new UsageError(`--calibration brings --${beside} with it: give one of them.`);
  }
  const calibration = readCalibrationFile(path);
  const { delimiter, thinking, k } = calibration;
  return {
    threshold: calibration,
    delimiter,
    thinking,
    topLogprobs: k,
    ...readEarlyExit(values),
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
