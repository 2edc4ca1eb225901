import { GlimpRouterError } from "../../errors.js";

/** What `calibrate` says of an option that cannot be. */
export function invalid(field: string, value: unknown, remedy: string): GlimpRouterError {
  const shown = JSON.stringify(value) ?? String(value);
  return new GlimpRouterError(`Option \`${field}\` of calibrate cannot be ${shown}. ${remedy}`, {
    reason: "invalid_option",
  });
}
