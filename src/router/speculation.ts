import type { OpenStream } from "./open-stream.js";

/**
 * Tokens that something else wrote ahead of a model (a draft model, n-grams, heads of its own), and those of them that
 * the model took as its own.
 */
export interface Speculation {
  readonly drafted: number;
  readonly accepted: number;
}

/** Of two requests; `null` where neither was told of. */
export function addSpeculation(
  one: Speculation | null,
  other: Speculation | null,
): Speculation | null {
  if (one === null || other === null) return one ?? other;
  return { drafted: one.drafted + other.drafted, accepted: one.accepted + other.accepted };
}

/** What the server has told of a request so far. */
export function toldSpeculation(stream: OpenStream | null): Speculation | null {
  return stream?.usage?.speculation ?? null;
}

/** Taken off a part that begins in mid-request: its sum then has what is told from there on. */
export function lessToldSpeculation(stream: OpenStream | null): Speculation | null {
  const told = toldSpeculation(stream);
  return told && { drafted: -told.drafted, accepted: -told.accepted };
}
