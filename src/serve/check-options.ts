import type { GlimpRouterError } from "../errors.js";
import { invalidOption } from "../langchain/options/invalid-option.js";
import { REASONING_FIELDS, type ServeLimits, type ServeOptions } from "./serve-options.js";

/** The least of each: no place at all would let everybody wait for ever. */
const LEAST: Required<ServeLimits> = { bodyBytes: 1, maxConcurrency: 1, queue: 0 };

/**
 * Checks what the server's own options are, once.
 *
 * @throws GlimpRouterError `invalid_option` naming field, value and remedy
 */
export function checkOptions({ apiKey, reasoningField, limits = {} }: ServeOptions): void {
  // An environment variable that is empty must not open a door.
  if (apiKey === "")
    throw invalid("apiKey", apiKey, "Give a key, or leave it out for no key at all.");
  if (reasoningField !== undefined && !REASONING_FIELDS.includes(reasoningField)) {
    throw invalid("reasoningField", reasoningField, `Give one of ${REASONING_FIELDS.join(", ")}.`);
  }
  for (const [field, least] of Object.entries(LEAST)) {
    const value = limits[field as keyof ServeLimits];
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    throw invalid(`limits.${field}`, value, `Give a whole number, ${least} or more.`);
  }
}

function invalid(field: string, value: unknown, remedy: string): GlimpRouterError {
  return invalidOption(field, value, remedy, "createHandler");
}
