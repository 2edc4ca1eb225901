import { mean } from "simple-statistics";
import { bcaBound, expandedLevel } from "./bca-interval.js";
import { clopperPearsonUpper } from "./clopper-pearson.js";
import type { Resampled } from "./cluster-bootstrap.js";
import type { Estimate } from "./estimate.js";
import { tQuantile } from "./student-t.js";

/** With fewer clusters a bootstrap has too few samples to draw: three different ones from two clusters. */
const FEW = 30;

/**
 * What this tool says of a figure that was resampled over clusters: BCa, widened for few clusters. An interval of no
 * width is not sure, it has seen nothing: it becomes what so many clusters without a single difference leave open.
 */
export function clusterInterval(resampled: Resampled, clusters: number, alpha = 0.05): Estimate {
  const value = resampled.estimate;
  const lo = clusterBound(resampled, clusters, alpha / 2);
  const hi = clusterBound(resampled, clusters, 1 - alpha / 2);
  return orOpen({ value, lo, hi }, clusters, alpha);
}

/**
 * One bound: the true value is below it with probability `level`. Below 30 clusters it is the wider one of BCa's and
 * Student's t over the jackknife; of one cluster alone it is infinite.
 */
export function clusterBound(resampled: Resampled, clusters: number, level: number): number {
  if (clusters < 2) return level < 0.5 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const bca = bcaBound(resampled, expandedLevel(level, clusters));
  if (clusters >= FEW) return bca;
  const student = resampled.estimate + tQuantile(level, clusters - 1) * jackknifeError(resampled);
  return level < 0.5 ? Math.min(bca, student) : Math.max(bca, student);
}

/** Standard error by leaving out each cluster once (Efron and Tibshirani 1993, chapter 11). */
export function jackknifeError({ jackknife }: Resampled): number {
  const n = jackknife.length;
  const middle = mean(jackknife as number[]);
  const squares = jackknife.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(((n - 1) / n) * squares);
}

export function orOpen({ value, lo, hi }: Estimate, clusters: number, alpha: number): Estimate {
  // The same sums in another order differ in their last digits.
  if (hi - lo > 1e-12) return { value, lo, hi };
  const open = clopperPearsonUpper(0, clusters, alpha / 2);
  return { value, lo: value - open, hi: value + open };
}
