import { readFileSync } from "node:fs";
import { GlimpRouterError } from "../errors.js";
import type { Calibration } from "../langchain/calibration/calibration.js";
import { readCalibration } from "../langchain/calibration/read-calibration.js";
import { UsageError } from "./usage-error.js";

/** @throws UsageError where the file cannot be read, or holds no calibration */
export function readCalibrationFile(path: string): Calibration {
  const file = `--calibration ${path}`;
  try {
    return readCalibration(JSON.parse(readFileSync(path, "utf8")), file);
  } catch (error) {
    if (GlimpRouterError.isInstance(error)) throw new UsageError(error.message);
    const said = error instanceof Error ? error.message : String(error);
    const what = error instanceof SyntaxError ? "is no JSON" : "cannot be read";
    throw new UsageError(`${file} ${what}: ${said.replaceAll("\n", " ")}`);
  }
}
