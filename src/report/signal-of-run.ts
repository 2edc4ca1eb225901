import { z } from "zod";
import { pointFromName } from "../core/points/point-from-name.js";
import type { RunFile } from "../eval/records/run-file.js";
import { type Calibration, calibrationSchema } from "../langchain/calibration/calibration.js";

/** What an arm that routes says of itself. */
const settingsSchema = z.object({
  point: z.string(),
  direction: z.enum(["above", "below"]),
  threshold: z.number(),
});

/** How the compared arm decides. */
export interface RunSignal {
  readonly calibration: Calibration | null;
  /** In the point's unit; `null` where the run does not tell. */
  readonly tau: number | null;
  readonly direction: "above" | "below";
  /** Of the values; "" where nobody told. */
  readonly unit: string;
}

/** As the arm was set up; what a calibration promised, where there was one. */
export function signalOfRun(run: RunFile): RunSignal {
  const read = calibrationSchema.safeParse(run.calibration);
  const calibration = read.success ? read.data : null;
  const arm = run.arms.find((each) => each.arm === run.primary.arm);
  const settings = settingsSchema.safeParse(arm?.settings).data ?? calibration;
  if (settings === null) return { calibration, tau: null, direction: "above", unit: "" };
  const { point, direction, threshold } = settings;
  return { calibration, tau: threshold, direction, unit: unitOf(point) };
}

/** Points are known by name; one of a user's own is not. */
function unitOf(point: string): string {
  try {
    return pointFromName(point).unit;
  } catch {
    return "";
  }
}
