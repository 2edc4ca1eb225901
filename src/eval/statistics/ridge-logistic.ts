import { mean, standardDeviation } from "simple-statistics";
import { addOuter, dot, solveSymmetric, zeros } from "./linear-algebra.js";

export interface LogisticFit {
  readonly intercept: number;
  /** One for each column, in its unit's inverse. */
  readonly coefficients: readonly number[];
}

const MOST_STEPS = 100;

/**
 * Logistic regression with a ridge: minimises -log likelihood + ridge/2 x sum of (coefficient x the column's standard
 * deviation)^2. The columns count alike whatever their units; the intercept is not held back. By Newton's steps
 * (iteratively reweighted least squares), halved where one would go too far.
 *
 * Source: le Cessie and van Houwelingen, Applied Statistics 41, 1992.
 * @param rows - features of each item
 * @param labels - 0 to 1
 * @param ridge - 0: none, which has no end where a column separates the labels
 */
export function ridgeLogistic(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  ridge: number,
): LogisticFit {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0));
  const centres = columns.map((column) => mean(column));
  // A column that never changes says nothing: its coefficient stays 0.
  const scales = columns.map((column) => standardDeviation(column) || Number.POSITIVE_INFINITY);
  const design = rows.map((row) => [
    1,
    ...row.map((value, column) => (value - (centres[column] ?? 0)) / (scales[column] ?? 1)),
  ]);
  const penalty = [0, ...columns.map(() => Math.max(ridge, 1e-10))];

  let fitted = new Array<number>(columns.length + 1).fill(0);
  let before = loss(design, labels, penalty, fitted);
  for (let step = 0; step < MOST_STEPS; step++) {
    const change = newtonStep(design, labels, penalty, fitted);
    let size = 1;
    let next = fitted;
    let after = before;
    do {
      next = fitted.map((value, index) => value + size * (change[index] ?? 0));
      after = loss(design, labels, penalty, next);
      size /= 2;
    } while (after > before && size > 1e-6);
    if (!(before - after > 1e-14 * (1 + Math.abs(before)))) break;
    fitted = next;
    before = after;
  }
  const coefficients = columns.map(
    (_, column) => (fitted[column + 1] ?? 0) / (scales[column] ?? 1),
  );
  return { intercept: (fitted[0] ?? 0) - dot(coefficients, centres), coefficients };
}

/** Chance that a fit gives to a row, 0 to 1. */
export function logisticOf(
  { intercept, coefficients }: LogisticFit,
  row: readonly number[],
): number {
  return logistic(intercept + dot(coefficients, row));
}

function newtonStep(
  design: readonly (readonly number[])[],
  labels: readonly number[],
  penalty: readonly number[],
  fitted: readonly number[],
): number[] {
  const curvature = zeros(fitted.length);
  const slope = fitted.map((value, index) => -(penalty[index] ?? 0) * value);
  design.forEach((row, item) => {
    const chance = logistic(dot(row, fitted));
    addOuter(curvature, row, chance * (1 - chance));
    row.forEach((value, index) => {
      slope[index] = (slope[index] ?? 0) + value * ((labels[item] ?? 0) - chance);
    });
  });
  curvature.forEach((row, index) => {
    row[index] = (row[index] ?? 0) + (penalty[index] ?? 0);
  });
  return solveSymmetric(curvature, slope);
}

function loss(
  design: readonly (readonly number[])[],
  labels: readonly number[],
  penalty: readonly number[],
  fitted: readonly number[],
): number {
  const held = fitted.reduce((sum, value, index) => sum + (penalty[index] ?? 0) * value * value, 0);
  return design.reduce((sum, row, item) => {
    const score = dot(row, fitted);
    // log(1 + e^score), without overflow.
    return (
      sum +
      Math.max(score, 0) +
      Math.log1p(Math.exp(-Math.abs(score))) -
      (labels[item] ?? 0) * score
    );
  }, held / 2);
}

function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
