import type { ClusterWeights } from "./cluster-bootstrap.js";

/**
 * The chance that a value of a positive item is above that of another one, ties counting half: 0.5 says nothing,
 * 1 tells all. The direction is fixed, a value rises with doubt: below 0.5 is worse than nothing, not good
 * backwards. `NaN` without positives or without others.
 *
 * Source: the Wilcoxon statistic; Hanley and McNeil, Radiology 143, 1982.
 */
export function auroc(values: readonly number[], positive: readonly boolean[]): number {
  const one = values.map(() => 0);
  return aurocOver(values, positive, one)([1]);
}

/** The same as a statistic of how often each cluster counts: sorted once, for `bootstrapClusters`. */
export function aurocOver(
  values: readonly number[],
  positive: readonly boolean[],
  clusterOf: readonly number[],
): (weights: ClusterWeights) => number {
  const order = values.map((_, item) => item).sort((a, b) => at(values, a) - at(values, b));
  return (weights) => {
    let [below, above, ordered] = [0, 0, 0];
    for (let start = 0; start < order.length; ) {
      const value = at(values, order[start] ?? 0);
      let [tiedOthers, tiedPositives] = [0, 0];
      for (; start < order.length && at(values, order[start] ?? 0) === value; start++) {
        const item = order[start] ?? 0;
        const weight = weights[at(clusterOf, item)] ?? 0;
        if (positive[item] === true) tiedPositives += weight;
        else tiedOthers += weight;
      }
      ordered += tiedPositives * (below + tiedOthers / 2);
      below += tiedOthers;
      above += tiedPositives;
    }
    return ordered / (below * above);
  };
}

function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? Number.NaN;
}
