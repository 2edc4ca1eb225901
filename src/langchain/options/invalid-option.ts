import { GlimpRouterError } from "../../errors.js";

/**
 * The error of a constructor option: field, value and remedy.
 *
 * @param owner - whose option it is
 */
export function invalidOption(
  field: string,
  value: unknown,
  remedy: string,
  owner = "GlimpRouterChatModel",
): GlimpRouterError {
  return new GlimpRouterError(
    `Option \`${field}\` of ${owner} cannot be ${describe(value)}. ${remedy}`,
    { reason: "invalid_option" },
  );
}

/** A value in a message. Objects by their kind only: a model in full would show its key. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return `an object (${value.constructor?.name})`;
  return typeof value === "function" ? "a function" : String(value);
}
