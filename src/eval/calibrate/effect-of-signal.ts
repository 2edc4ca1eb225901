import {
  type Branch,
  centredEffect,
  effectOf,
  type Occasion,
  shareOfBranches,
} from "../statistics/centred-effect.js";
import type { Estimate } from "../statistics/estimate.js";
import type { BranchedRow } from "./branches.js";
import type { Row } from "./signal-values.js";
import { thresholdAt } from "./threshold-at.js";

/** What is known of a problem before any hand-over. */
export interface KnownBefore {
  /** Score of small alone, and of large alone. */
  readonly small: number;
  readonly large: number;
}

/** Occasions that were taken both ways, with a signal's values there. */
export interface ValuedBranches {
  readonly rows: readonly BranchedRow[];
  readonly values: readonly number[];
}

export interface ToldGain extends Estimate {
  /** Share of what is known of it that came from branches. */
  readonly fromBranches: number;
}

const NO_BRANCHES: ValuedBranches = { rows: [], values: [] };

/**
 * What ONE hand-over above the signal's own threshold gains over one anywhere: the change of the final score, from replies in
 * which chance handed over (a micro-randomised trial), and from pairs that differ in one hand-over alone. The threshold is the
 * one above which as many occasions lie as chance handed over, as near as the values allow.
 *
 * @returns `null` where the values are all alike, there are too few occasions, or no hand-over changed any answer
 */
export function gainOf(
  rows: readonly Row[],
  values: readonly number[],
  before: ReadonlyMap<string, KnownBefore>,
  branched: ValuedBranches = NO_BRANCHES,
): ToldGain | null {
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
  const contrast = [0, 1 - part];
  try {
    const fit = centredEffect(occasions, branchesOf(branched, found.tau, occasions));
    const { value, lo, hi, se } = effectOf(fit, contrast);
    // Where what was known before tells every answer, the interval has no width: of chance it has seen nothing.
    if (!(se > NO_NOISE) || ![value, lo, hi].every(Number.isFinite)) return null;
    return { value, lo, hi, fromBranches: shareOfBranches(fit, contrast) };
  } catch (error) {
    // Too few occasions: nothing can be told from anything.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * Weighed by the variance of an answer over that of a difference, which are the same for every signal: weights in which a
 * signal's own spread had a part would favour one whose few hand-overs happened to change nothing. A thought of many steps
 * stands for as many occasions.
 */
function branchesOf(
  { rows, values }: ValuedBranches,
  tau: number,
  beside: readonly Occasion[],
): readonly Branch[] {
  if (rows.length === 0) return [];
  const differences = rows.map(({ difference }) => difference);
  const weight = varianceOf(beside) / cautious(differences, rows.length);
  const usual = rows.reduce((sum, { occasions }) => sum + occasions, 0) / rows.length;
  return rows.map(({ difference, cluster, occasions }, index) => ({
    difference,
    cluster,
    moderators: [Number((values[index] ?? 0) > tau)],
    weight: (weight * occasions) / usual,
  }));
}

/** Of an answer, about what was known before. */
function varianceOf(occasions: readonly Occasion[]): number {
  const plain = occasions.map((each) => ({ ...each, moderators: [] }));
  const { residuals, clusters } = centredEffect(plain);
  return cautious(residuals, clusters);
}

/** A mean square, as if one more were 1: of a few that are all 0 nobody knows that the next one is. */
function cautious(deviations: readonly number[], independent: number): number {
  const mean = deviations.reduce((sum, each) => sum + each ** 2, 0) / deviations.length;
  return (independent * mean + 1) / (independent + 1);
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
