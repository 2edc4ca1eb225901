import { indexClusters } from "./cluster-index.js";
import type { Estimate } from "./estimate.js";
import { addOuter, dot, invertSymmetric, type Matrix, multiply, zeros } from "./linear-algebra.js";
import { tQuantile } from "./student-t.js";

/** One occasion of a run in which it was decided by chance who goes on. */
export interface Occasion {
  /** Y: the run's score in the end. */
  readonly outcome: number;
  /** A: was it handed over? */
  readonly handedOver: boolean;
  /** p: the chance with which it would be, known. Between 0 and 1, both excluded. */
  readonly propensity: number;
  /** The problem's cluster. */
  readonly cluster: string;
  /** g: what was known before and tells the outcome (step number, steps so far). 1 is put before them. */
  readonly controls: readonly number[];
  /** f: what the effect may depend on, known before (1 where the value is above q). 1 is put before them. */
  readonly moderators: readonly number[];
  /** @defaultValue 1 */
  readonly weight?: number;
}

export interface CentredEffect {
  /** The effect of ONE hand-over where all moderators are 0, then its change with each of them. */
  readonly effects: readonly number[];
  readonly covariance: Matrix;
  readonly clusters: number;
  readonly occasions: number;
  readonly df: number;
}

/**
 * What ONE hand-over changes in the final score, the others by chance as they were (distal causal excursion effect):
 * least squares of Y on the controls and (A - p) x moderators. Since p is known, a wrong model of the controls costs
 * width, not truth. Sandwich errors over clusters, times C/(C - 1); t with C less the columns, at least 1.
 *
 * Effects of single hand-overs do not add up: they choose a signal, they do not value a policy.
 *
 * Source: weighted and centred least squares, Boruvka et al., JASA 113, 2018; for a distal outcome Qian,
 * arXiv 2502.13500 (`dcee` of the R package MRTAnalysis).
 * @throws RangeError where the columns are collinear, such as a moderator that is always 0
 */
export function centredEffect(occasions: readonly Occasion[]): CentredEffect {
  const { of, count } = indexClusters(occasions.map(({ cluster }) => cluster));
  const rows = occasions.map(designRow);
  const width = rows[0]?.length ?? 0;
  const cross = zeros(width);
  const right = new Array<number>(width).fill(0);
  rows.forEach((row, index) => {
    const { outcome, weight = 1 } = occasions[index] as Occasion;
    addOuter(cross, row, weight);
    row.forEach((value, column) => {
      right[column] = (right[column] ?? 0) + weight * value * outcome;
    });
  });
  const bread = invertSymmetric(cross);
  const fitted = multiply(bread, right);

  const scores = Array.from({ length: count }, () => new Array<number>(width).fill(0));
  rows.forEach((row, index) => {
    const { outcome, weight = 1 } = occasions[index] as Occasion;
    const residual = weight * (outcome - dot(row, fitted));
    const score = scores[of[index] ?? 0] ?? [];
    row.forEach((value, column) => {
      score[column] = (score[column] ?? 0) + value * residual;
    });
  });
  const covariance = zeros(width);
  for (const score of scores) addOuter(covariance, multiply(bread, score), count / (count - 1));

  const first = 1 + (occasions[0]?.controls.length ?? 0);
  return {
    effects: fitted.slice(first),
    covariance: covariance.slice(first).map((row) => row.slice(first)),
    clusters: count,
    occasions: occasions.length,
    df: Math.max(1, count - width),
  };
}

/** A weighted sum of the effects with its interval: [1, 1] is the effect where the one moderator is 1. */
export function effectOf(
  fit: CentredEffect,
  contrast: readonly number[],
  alpha = 0.05,
): Estimate & { readonly se: number } {
  const value = dot(contrast, fit.effects);
  const se = Math.sqrt(dot(contrast, multiply(fit.covariance, contrast)));
  const half = tQuantile(1 - alpha / 2, fit.df) * se;
  return { value, se, lo: value - half, hi: value + half };
}

function designRow({ handedOver, propensity, controls, moderators }: Occasion): number[] {
  const centred = (handedOver ? 1 : 0) - propensity;
  return [1, ...controls, centred, ...moderators.map((value) => centred * value)];
}
