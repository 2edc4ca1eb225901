import { CUT_REASONS, cutReason } from "./cut.js";

/**
 * Why a model is out, when its retries are used up: its server cannot be reached (`connection`), fails (`server-error`, 5xx) or
 * limits (`rate-limit`); it is not asked any more for a while (`breaker`); or, as for cut streams.
 */
export const OUTAGES = [
  ...CUT_REASONS,
  "connection",
  "server-error",
  "rate-limit",
  "breaker",
] as const;

export type OutageReason = (typeof OUTAGES)[number];

const OUTAGE: unique symbol = Symbol("langchain-glimprouter.outage");

/** Marks an error that says nothing against asking another model the same. */
export function markOutage<Thrown>(error: Thrown, reason: OutageReason | null): Thrown {
  if (error instanceof Error && reason !== null) {
    Object.defineProperty(error, OUTAGE, { value: reason });
  }
  return error;
}

/** `null` for an error that another model would not mend: a refusal, a mistake. */
export function outageReason(error: unknown): OutageReason | null {
  if (!(error instanceof Error)) return null;
  return (error as { readonly [OUTAGE]?: OutageReason })[OUTAGE] ?? cutReason(error);
}
