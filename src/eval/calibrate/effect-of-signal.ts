import { centredEffect, effectOf, type Occasion } from "../statistics/centred-effect.js";
import type { Estimate } from "../statistics/estimate.js";
import type { Row } from "./signal-values.js";
import { thresholdAt } from "./threshold-at.js";

/** What is known of a problem before any hand-over. */
export interface KnownBefore {
  /** Score of small alone, and of large alone. */
  readonly small: number;
  readonly large: number;
}

/**
 * What ONE hand-over above the signal's own threshold gains over one anywhere: the change of the final score, from replies in
 * which chance handed over (a micro-randomised trial). The threshold is the one above which as many occasions lie as chance
 * handed over, as near as the values allow.
 *
 * @returns `null` where the values are all alike, there are too few occasions, or no hand-over changed any answer
 */
export function gainOf(
  rows: readonly Row[],
  values: readonly number[],
  before: ReadonlyMap<string, KnownBefore>,
): Estimate | null {
  const found = thresholdAt(
    values.map((value) => ({ value: Number.isFinite(value) ? value : null, weight: 1 })),
    rows[0]?.rate ?? 0,
    // Signals are compared at one share.
    0,
  );
  if (found === null) return null;
  const above = values.map((value) => value > found.tau);
  const part = above.filter(Boolean).length / Math.max(1, above.length);
  if (part === 0 || part === 1) return null;
  const controls = informative(rows.map((row) => controlsOf(row, before.get(row.problem))));
  const occasions = rows.map(
    (row, index): Occasion => ({
      outcome: row.score,
      handedOver: row.handedOver,
      propensity: row.rate,
      cluster: row.cluster,
      controls: controls[index] ?? [],
      moderators: [Number(above[index])],
    }),
  );
  try {
    const { value, lo, hi, se } = effectOf(centredEffect(occasions), [0, 1 - part]);
    // Where what was known before tells every answer, the interval has no width: of chance it has seen nothing.
    return se > NO_NOISE && [value, lo, hi].every(Number.isFinite) ? { value, lo, hi } : null;
  } catch (error) {
    // Too few occasions: nothing can be told from anything.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A standard error below this is rounding. */
const NO_NOISE = 1e-9;

function controlsOf({ step }: Row, known: KnownBefore | undefined): readonly number[] {
  return [step, Math.log(step), known?.small ?? 0, known?.large ?? 0];
}

/** Without columns that are the same everywhere: they stand for the intercept. */
function informative(rows: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const [first = []] = rows;
  const varying = first.map((value, column) => rows.some((row) => row[column] !== value));
  return rows.map((row) => row.filter((_value, column) => varying[column]));
}
