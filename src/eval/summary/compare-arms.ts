import { bootstrapClusters, type Resampled } from "../statistics/cluster-bootstrap.js";
import { indexClusters } from "../statistics/cluster-index.js";
import { clusterInterval } from "../statistics/cluster-interval.js";
import type { Estimate } from "../statistics/estimate.js";
import { exactMcNemar } from "../statistics/exact-mcnemar.js";
import { tangoInterval } from "../statistics/tango-interval.js";
import type { ArmFigures } from "./arm-figures.js";
import type { Comparison } from "./summary.js";

/** With fewer problems that are answered differently a bootstrap has too little to draw from. */
const FEW = 25;

export interface ComparisonOptions {
  readonly alpha: number;
  readonly seed: number;
  /** @defaultValue 5000 */
  readonly draws?: number | undefined;
}

/**
 * Two arms on the same problems, paired: BCa over clusters; Tango's interval where each problem is its own cluster,
 * was answered right or wrong, and fewer than 25 differently. p is the exact McNemar test's, where each problem is
 * its own cluster and was answered once.
 */
export function compareArms(
  first: ArmFigures,
  second: ArmFigures,
  clusterOf: readonly string[],
  options: ComparisonOptions,
): Comparison {
  const differences = first.scores.map((score, i) => score - (second.scores[i] ?? Number.NaN));
  const { of, count } = indexClusters(clusterOf);
  const isCounted =
    count === clusterOf.length &&
    [first, second].every(({ scores }) => scores.every((score) => score === 0 || score === 1));
  const onlyFirst = differences.filter((each) => each === 1).length;
  const onlySecond = differences.filter((each) => each === -1).length;
  const isFew = isCounted && onlyFirst + onlySecond < FEW;
  return {
    arm: first.arm,
    against: second.arm,
    difference: isFew
      ? tangoInterval({ onlyFirst, onlySecond, n: count }, options.alpha)
      : asDifference(byBootstrap(differences, of, count, options)),
    p: isCounted ? exactMcNemar(onlyFirst, onlySecond) : null,
  };
}

function byBootstrap(
  differences: readonly number[],
  clusterOf: readonly number[],
  clusters: number,
  { alpha, seed, draws }: ComparisonOptions,
): Estimate {
  const sums = new Float64Array(clusters);
  const sizes = new Float64Array(clusters);
  clusterOf.forEach((cluster, problem) => {
    sums[cluster] = (sums[cluster] ?? 0) + (differences[problem] ?? Number.NaN);
    sizes[cluster] = (sizes[cluster] ?? 0) + 1;
  });
  const [resampled] = bootstrapClusters(
    clusters,
    (weights) => {
      let [sum, size] = [0, 0];
      for (let cluster = 0; cluster < clusters; cluster++) {
        sum += (weights[cluster] ?? 0) * (sums[cluster] ?? 0);
        size += (weights[cluster] ?? 0) * (sizes[cluster] ?? 0);
      }
      return [sum / size];
    },
    { seed, draws },
  ) as [Resampled];
  return clusterInterval(resampled, clusters, alpha);
}

/** No two accuracies are further apart: what one cluster alone tells is this and no more. */
export function asDifference({ value, lo, hi }: Estimate): Estimate {
  return { value, lo: Math.max(-1, lo), hi: Math.min(1, hi) };
}
