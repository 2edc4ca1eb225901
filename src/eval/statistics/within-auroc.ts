import { auroc } from "./auroc.js";
import type { ClusterWeights } from "./cluster-bootstrap.js";

/** Items and what they belong to. */
export interface Grouped {
  readonly values: readonly number[];
  readonly positive: readonly boolean[];
  /** The problem of each item: only items of one problem are compared. */
  readonly problemOf: readonly string[];
}

/**
 * AUROC over pairs inside a problem only: what is left when "some problems are harder than others" is taken out.
 * Knowing that answers nothing about WHERE in a thought to hand over. `NaN` where no problem has both kinds.
 */
export function withinAuroc(items: Grouped): number {
  const one = items.values.map(() => 0);
  return withinAurocOver(items, one)([1]);
}

/** The same as a statistic of how often each cluster counts, for `bootstrapClusters`; a problem lies in one cluster. */
export function withinAurocOver(
  items: Grouped,
  clusterOf: readonly number[],
): (weights: ClusterWeights) => number {
  const pairs = itemsByProblem(items.problemOf).map((group) => ({
    cluster: clusterOf[group[0] ?? 0] ?? 0,
    ...pairsOf(group, items),
  }));
  return (weights) => {
    let [ordered, all] = [0, 0];
    for (const problem of pairs) {
      const weight = weights[problem.cluster] ?? 0;
      ordered += weight * problem.ordered;
      all += weight * problem.all;
    }
    return ordered / all;
  };
}

/** Numbers of the items of each problem. */
export function itemsByProblem(problemOf: readonly string[]): number[][] {
  const groups = new Map<string, number[]>();
  problemOf.forEach((problem, item) => {
    const group = groups.get(problem);
    if (group === undefined) groups.set(problem, [item]);
    else group.push(item);
  });
  return [...groups.values()];
}

function pairsOf(group: readonly number[], { values, positive }: Grouped) {
  const positives = group.filter((item) => positive[item] === true).length;
  const all = positives * (group.length - positives);
  if (all === 0) return { ordered: 0, all };
  const area = auroc(
    group.map((item) => values[item] ?? Number.NaN),
    group.map((item) => positive[item] === true),
  );
  return { ordered: area * all, all };
}
