import { normalQuantile } from "./normal-distribution.js";

/**
 * Standard error of an AUROC, from the area and the two counts alone: for planning, before there are data.
 *
 * Source: Hanley and McNeil, Radiology 143, 1982, with their exponential approximation of Q1 and Q2.
 */
export function aurocError(area: number, positives: number, others: number): number {
  const q1 = area / (2 - area);
  const q2 = (2 * area * area) / (1 + area);
  const variance =
    area * (1 - area) + (positives - 1) * (q1 - area * area) + (others - 1) * (q2 - area * area);
  return Math.sqrt(variance / (positives * others));
}

/** Positives, about, with `ratio` others to each, until an AUROC's interval has this half-width. */
export function positivesFor(area: number, ratio: number, halfWidth: number, alpha = 0.05): number {
  const z = normalQuantile(1 - alpha / 2);
  let positives = 2;
  while (z * aurocError(area, positives, positives * ratio) > halfWidth) {
    positives = Math.ceil(positives * 1.02);
  }
  return positives;
}
