import { pointFromName } from "../core/points/point-from-name.js";
import type { RunFile } from "../eval/records/run-file.js";
import { type Calibration, calibrationSchema } from "../langchain/calibration/calibration.js";

/** How the compared arm decides. */
export interface RunSignal {
  readonly calibration: Calibration | null;
  /** In the point's unit; `null` where the run does not tell. */
  readonly tau: number | null;
  readonly direction: "above" | "below";
  /** Of the values; "" where nobody told. */
  readonly unit: string;
}

/** Of the calibration where there was one, else of the arm's settings. */
export function signalOfRun(run: RunFile): RunSignal {
  const read = calibrationSchema.safeParse(run.calibration);
  if (read.success) {
    const { threshold, direction, point } = read.data;
    return { calibration: read.data, tau: threshold, direction, unit: unitOf(point) };
  }
  const settings = run.arms.find(({ arm }) => arm === run.primary.arm)?.settings;
  const threshold =
    typeof settings === "object" && settings !== null && "threshold" in settings
      ? settings.threshold
      : null;
  const tau = typeof threshold === "number" ? threshold : null;
  return { calibration: null, tau, direction: "above", unit: "" };
}

/** Points are known by name; one of a user's own is not. */
function unitOf(point: string): string {
  try {
    return pointFromName(point).unit;
  } catch {
    return "";
  }
}
