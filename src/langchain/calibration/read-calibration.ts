import { GlimpRouterError } from "../../errors.js";
import { type Calibration, calibrationSchema } from "./calibration.js";

/**
 * The content of a calibration file, checked.
 *
 * @param what - what it is given as, in an error's words: "Option `threshold` of GlimpRouterChatModel"
 * @throws GlimpRouterError `invalid_option` naming the field, its value, and what to do
 */
export function readCalibration(value: unknown, what: string): Calibration {
  const parsed = calibrationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path ?? [];
  const remedy = isOfOtherVersion(value)
    ? "It was written by another version of this package: calibrate anew, or install that one."
    : "Give the whole content of a file that `glimprouter calibrate` has written, as JSON.parse reads it.";
  const field = path.length === 0 ? "it" : `\`${path.join(".")}\``;
  throw new GlimpRouterError(
    `${what} is no calibration: ${field} is ${shown(valueAt(value, path))}. ${remedy}`,
    { reason: "invalid_option" },
  );
}

function isOfOtherVersion(value: unknown): boolean {
  const { v, canaries } = (value ?? {}) as { v?: unknown; canaries?: unknown };
  return typeof v === "number" && v !== 1 && canaries !== undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    value,
  );
}

/** Anything may stand there: a model in full would show its key. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "a list" : "an object";
  }
  return JSON.stringify(value) ?? typeof value;
}
