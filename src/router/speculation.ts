/** Tokens that something else than the model wrote ahead (a draft model, n-grams), and those of them that the model took. */
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

/** What the rest of a request has, where the whole was told of. */
export function lessSpeculation(
  whole: Speculation | null,
  before: Speculation | null,
): Speculation | null {
  if (whole === null || before === null) return whole;
  return { drafted: whole.drafted - before.drafted, accepted: whole.accepted - before.accepted };
}
