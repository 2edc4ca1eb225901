import { clusteredMean } from "./clustered-mean.js";
import type { Estimate } from "./estimate.js";

/**
 * How many times as long one arm takes as another on the same problems: e^(mean of log(first / second)), so that a
 * problem that takes minutes counts no more than one that takes seconds, and the inverse ratio is the inverse.
 * Interval by t over clusters, on the log scale.
 *
 * @param pairs - times of both, above 0, in the same unit
 */
export function geometricRatio(
  pairs: readonly { readonly first: number; readonly second: number; readonly cluster: string }[],
  alpha = 0.05,
): Estimate {
  const { value, lo, hi } = clusteredMean(
    pairs.map(({ first, second }) => Math.log(first / second)),
    pairs.map(({ cluster }) => cluster),
    alpha,
  );
  return { value: Math.exp(value), lo: Math.exp(lo), hi: Math.exp(hi) };
}
