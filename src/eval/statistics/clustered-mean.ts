import { indexClusters } from "./cluster-index.js";
import { type RatioEstimate, type RatioPart, ratioEstimate } from "./ratio-estimate.js";

/**
 * Mean of values that are alike within clusters: SE = sqrt(C/(C-1) sum over clusters of (sum of (y - mean))^2) / n,
 * t with C - 1 degrees of freedom. `NaN` bounds for one cluster alone.
 *
 * Source: Miller, "Adding Error Bars to Evals", arXiv 2411.00640.
 */
export function clusteredMean(
  values: readonly number[],
  clusterOfItem: readonly string[],
  alpha = 0.05,
): RatioEstimate & { readonly clusters: number } {
  const { of, count } = indexClusters(clusterOfItem);
  const parts: { part: number; of: number }[] = Array.from({ length: count }, () => ({
    part: 0,
    of: 0,
  }));
  values.forEach((value, item) => {
    const cluster = parts[of[item] ?? 0];
    if (cluster === undefined) return;
    cluster.part += value;
    cluster.of += 1;
  });
  return { ...ratioEstimate(parts satisfies RatioPart[], alpha), clusters: count };
}
