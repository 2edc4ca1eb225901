import { mean, quantileSorted } from "simple-statistics";
import type { Resampled } from "./cluster-bootstrap.js";
import type { Estimate } from "./estimate.js";
import { normalCdf, normalQuantile } from "./normal-distribution.js";
import { tQuantile } from "./student-t.js";

/**
 * BCa interval of a resampled statistic: bias-corrected, and accelerated for a spread that changes with the value.
 *
 * Source: Efron, JASA 82, 1987; Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 14.
 */
export function bcaInterval(resampled: Resampled, alpha = 0.05): Estimate {
  return {
    value: resampled.estimate,
    lo: bcaBound(resampled, alpha / 2),
    hi: bcaBound(resampled, 1 - alpha / 2),
  };
}

/** One bound: the statistic's true value is below it with probability `level`. `NaN` where no draw was defined. */
export function bcaBound(resampled: Resampled, level: number): number {
  const { draws } = resampled;
  if (draws.length === 0) return Number.NaN;
  if (level <= 0 || level >= 1) return quantileSorted(draws as number[], level <= 0 ? 0 : 1);
  const bias = biasOf(resampled);
  const shifted = bias + normalQuantile(level);
  const place = bias + shifted / (1 - acceleration(resampled.jackknife) * shifted);
  return quantileSorted(draws as number[], normalCdf(place));
}

/**
 * The level at which a bound must be taken so that it holds `level` for few clusters, too: a bootstrap of C clusters
 * is narrower by sqrt((C - 1)/C), and takes its spread for known.
 *
 * Source: "expanded percentile" of Hesterberg, The American Statistician 69, 2015, section 3.4 and appendix.
 */
export function expandedLevel(level: number, clusters: number): number {
  if (clusters < 2) return level < 0.5 ? 0 : 1;
  return normalCdf(Math.sqrt(clusters / (clusters - 1)) * tQuantile(level, clusters - 1));
}

/** z0: how far the draws' median is from the estimate, in standard deviations. A tie counts half. */
export function biasOf({ estimate, draws }: Resampled): number {
  let below = 0;
  for (const draw of draws) below += draw < estimate ? 1 : draw === estimate ? 0.5 : 0;
  // All on one side: as if half a draw were on the other, since an infinite correction would be none.
  const half = 0.5 / draws.length;
  return normalQuantile(Math.min(1 - half, Math.max(half, below / draws.length)));
}

/** a, by the jackknife. */
export function acceleration(jackknife: readonly number[]): number {
  if (jackknife.length === 0) return 0;
  const middle = mean(jackknife as number[]);
  let squares = 0;
  let cubes = 0;
  for (const value of jackknife) {
    squares += (middle - value) ** 2;
    cubes += (middle - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
