import type { ClusterWeights } from "../statistics/cluster-bootstrap.js";

/**
 * One arm on the problems of a comparison: a number a problem, in the order of the problems. Repeats (and the seeds
 * of one rate of chance) are means already.
 */
export interface ArmFigures {
  readonly arm: string;
  /** Accuracy at each problem, 0 to 1. */
  readonly scores: readonly number[];
  /** Large's generated tokens at each problem. */
  readonly largeTokens: readonly number[];
  /** How much its point weighs on a curve: its seeds. @defaultValue 1 */
  readonly weight?: number;
}

/** Accuracy and large's tokens a problem of an arm, in one sample of the clusters. */
export interface ArmPoint {
  readonly accuracy: number;
  readonly largeTokens: number;
}

/** Sums over clusters, once: a sample of the clusters then costs a pass over clusters, not over problems. */
export function pointOver(
  figures: ArmFigures,
  clusterOf: readonly number[],
  clusters: number,
): (weights: ClusterWeights) => ArmPoint {
  const count = new Float64Array(clusters);
  const scores = new Float64Array(clusters);
  const tokens = new Float64Array(clusters);
  clusterOf.forEach((cluster, problem) => {
    count[cluster] = (count[cluster] ?? 0) + 1;
    scores[cluster] = (scores[cluster] ?? 0) + (figures.scores[problem] ?? Number.NaN);
    tokens[cluster] = (tokens[cluster] ?? 0) + (figures.largeTokens[problem] ?? Number.NaN);
  });
  return (weights) => {
    let [problems, right, written] = [0, 0, 0];
    for (let cluster = 0; cluster < clusters; cluster++) {
      const weight = weights[cluster] ?? 0;
      if (weight === 0) continue;
      problems += weight * (count[cluster] ?? 0);
      right += weight * (scores[cluster] ?? 0);
      written += weight * (tokens[cluster] ?? 0);
    }
    return { accuracy: right / problems, largeTokens: written / problems };
  };
}
