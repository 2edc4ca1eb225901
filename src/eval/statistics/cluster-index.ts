/** Clusters by number: what the resampling works on. */
export interface ClusterIndex {
  /** For each item, the number of its cluster, from 0. */
  readonly of: readonly number[];
  readonly count: number;
  readonly names: readonly string[];
}

/** Numbers the clusters in the order in which they first appear. */
export function indexClusters(clusterOfItem: readonly string[]): ClusterIndex {
  const numbers = new Map<string, number>();
  const of = clusterOfItem.map((name) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  });
  return { of, count: numbers.size, names: [...numbers.keys()] };
}
