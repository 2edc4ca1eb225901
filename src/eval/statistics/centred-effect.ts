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

/** Two runs that differ in ONE hand-over: a sampled occasion, taken both ways. */
export interface Branch {
  /** The score with the hand-over, less that without. */
  readonly difference: number;
  /** The problem's cluster. */
  readonly cluster: string;
  /** As those of an occasion. */
  readonly moderators: readonly number[];
  /** Beside occasions: their variance over that of a branch, by how seldom it was sampled. @defaultValue 1 */
  readonly weight?: number;
}

export interface CentredEffect {
  /** The effect of ONE hand-over where all moderators are 0, then its change with each of them. */
  readonly effects: readonly number[];
  readonly covariance: Matrix;
  /** What is known of the effects, inverted; and what of it came from branches. */
  readonly bread: Matrix;
  readonly fromBranches: Matrix;
  /** Of each occasion, then of each branch: what the fit does not tell. */
  readonly residuals: readonly number[];
  readonly clusters: number;
  readonly occasions: number;
  readonly df: number;
}

/**
 * What ONE hand-over changes in the final score, the others by chance as they were (distal causal excursion effect):
 * least squares of Y on the controls and (A - p) x moderators. Since p is known, a wrong model of the controls costs
 * width, not truth. Sandwich errors over clusters, times C/(C - 1); t with C less the columns, at least 1.
 *
 * A branch is an occasion without any controls, since its problem is its own: it tells f' beta itself. So both are one
 * regression, and clusters that have both kinds are counted once.
 *
 * Effects of single hand-overs do not add up: they choose a signal, they do not value a policy.
 *
 * Source: weighted and centred least squares, Boruvka et al., JASA 113, 2018; for a distal outcome Qian,
 * arXiv 2502.13500 (`dcee` of the R package MRTAnalysis).
 * @throws RangeError where the columns are collinear, such as a moderator that is always 0
 */
export function centredEffect(
  occasions: readonly Occasion[],
  branches: readonly Branch[] = [],
): CentredEffect {
  const first = 1 + (occasions[0]?.controls.length ?? 0);
  const equations = [
    ...occasions.map(occasionEquation),
    ...branches.map((branch) => branchEquation(branch, first)),
  ];
  const { of, count } = indexClusters(equations.map(({ cluster }) => cluster));
  const width = equations[0]?.row.length ?? 0;
  const cross = zeros(width);
  const fromBranches = zeros(width);
  const right = new Array<number>(width).fill(0);
  for (const { row, outcome, weight, isBranch } of equations) {
    addOuter(cross, row, weight);
    if (isBranch) addOuter(fromBranches, row, weight);
    addTo(right, row, weight * outcome);
  }
  const bread = invertSymmetric(cross);
  const fitted = multiply(bread, right);

  const scores = Array.from({ length: count }, () => new Array<number>(width).fill(0));
  const residuals = equations.map(({ row, outcome }) => outcome - dot(row, fitted));
  equations.forEach(({ row, weight }, index) => {
    addTo(scores[of[index] ?? 0] ?? [], row, weight * (residuals[index] ?? Number.NaN));
  });
  const covariance = zeros(width);
  for (const score of scores) addOuter(covariance, multiply(bread, score), count / (count - 1));

  const ofEffects = (matrix: Matrix) => matrix.slice(first).map((row) => row.slice(first));
  return {
    effects: fitted.slice(first),
    covariance: ofEffects(covariance),
    bread: ofEffects(bread),
    fromBranches: ofEffects(fromBranches),
    residuals,
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

/** Share of a weighted sum's information that came from branches: 0 without any, 1 where occasions tell nothing. */
export function shareOfBranches(
  { bread, fromBranches }: CentredEffect,
  contrast: readonly number[],
): number {
  const weights = multiply(bread, contrast);
  return dot(weights, multiply(fromBranches, weights)) / dot(contrast, weights);
}

interface Equation {
  readonly row: readonly number[];
  readonly outcome: number;
  readonly weight: number;
  readonly cluster: string;
  readonly isBranch: boolean;
}

function occasionEquation(occasion: Occasion): Equation {
  const { outcome, handedOver, propensity, cluster, controls, moderators, weight = 1 } = occasion;
  const centred = (handedOver ? 1 : 0) - propensity;
  const row = [1, ...controls, centred, ...moderators.map((value) => centred * value)];
  return { row, outcome, weight, cluster, isBranch: false };
}

function branchEquation(
  { difference, cluster, moderators, weight = 1 }: Branch,
  first: number,
): Equation {
  const row = [...new Array<number>(first).fill(0), 1, ...moderators];
  return { row, outcome: difference, weight, cluster, isBranch: true };
}

function addTo(sum: number[], row: readonly number[], times: number): void {
  row.forEach((value, column) => {
    sum[column] = (sum[column] ?? 0) + times * value;
  });
}
