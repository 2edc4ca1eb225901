import { randomSource } from "./random-source.js";

/** How often each cluster is there: once each in the sample itself, otherwise as it was drawn. */
export type ClusterWeights = ArrayLike<number>;

/** A statistic, and what became of it in other samples of the same clusters. */
export interface Resampled {
  readonly estimate: number;
  /** Rising; draws in which the statistic is not defined (`NaN`) are left out. */
  readonly draws: readonly number[];
  /** The statistic without each of the clusters. */
  readonly jackknife: readonly number[];
}

/**
 * Draws clusters with replacement, `draws` times, and takes statistics of each sample. A statistic is a function of
 * how often each cluster counts; several numbers of one function come from the same draws, so that they may be
 * compared.
 *
 * @returns one for each number that `statistics` returns, in their order
 */
export function bootstrapClusters(
  clusters: number,
  statistics: (weights: ClusterWeights) => readonly number[],
  options: { readonly draws?: number | undefined; readonly seed: number },
): Resampled[] {
  const random = randomSource(options.seed);
  const weights = new Float64Array(clusters).fill(1);
  const estimates = statistics(weights);
  const jackknife = estimates.map((): number[] => []);
  const draws = estimates.map((): number[] => []);

  for (let left = 0; left < clusters; left++) {
    weights[left] = 0;
    keep(statistics(weights), jackknife);
    weights[left] = 1;
  }
  for (let draw = 0; draw < (options.draws ?? 5000); draw++) {
    weights.fill(0);
    for (let drawn = 0; drawn < clusters; drawn++) {
      const cluster = random.below(clusters);
      weights[cluster] = (weights[cluster] ?? 0) + 1;
    }
    keep(statistics(weights), draws);
  }
  return estimates.map((estimate, index) => ({
    estimate,
    draws: (draws[index] ?? []).sort((a, b) => a - b),
    jackknife: jackknife[index] ?? [],
  }));
}

function keep(values: readonly number[], kept: readonly number[][]): void {
  values.forEach((value, index) => {
    if (!Number.isNaN(value)) kept[index]?.push(value);
  });
}
