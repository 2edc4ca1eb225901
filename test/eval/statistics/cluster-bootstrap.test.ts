import { describe, expect, it } from "vitest";
import {
  bootstrapClusters,
  type ClusterWeights,
} from "../../../src/eval/statistics/cluster-bootstrap.js";

const VALUES = [3, 1, 4, 1, 5];

function sums(weights: ClusterWeights): readonly [number, number] {
  let [count, sum] = [0, 0];
  VALUES.forEach((value, index) => {
    count += weights[index] ?? 0;
    sum += (weights[index] ?? 0) * value;
  });
  return [count, sum / count];
}

describe("bootstrapClusters", () => {
  it("draws as many clusters as there are, with replacement", () => {
    const [count, mean] = bootstrapClusters(5, sums, { draws: 400, seed: 7 });
    expect(new Set(count?.draws)).toEqual(new Set([5]));
    expect(mean?.draws).toHaveLength(400);
    // The spread of a mean of 5 draws, sd / sqrt(5) = 0.716, to the noise of 400 draws.
    const middle = 2.8;
    const spread = Math.sqrt(
      (mean?.draws ?? []).reduce((sum, draw) => sum + (draw - middle) ** 2, 0) / 400,
    );
    expect(Math.abs(spread - Math.sqrt(2.56 / 5))).toBeLessThan(0.08);
  });

  it("leaves out each cluster once", () => {
    const [count, mean] = bootstrapClusters(5, sums, { draws: 1, seed: 7 });
    expect(count?.jackknife).toEqual([4, 4, 4, 4, 4]);
    expect(mean?.jackknife).toEqual([11 / 4, 13 / 4, 10 / 4, 13 / 4, 9 / 4]);
    expect(mean?.estimate).toBe(14 / 5);
  });

  it("is the same again with the same seed, and another with another one", () => {
    const draw = (seed: number) => bootstrapClusters(5, sums, { draws: 50, seed })[1]?.draws;
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it("leaves out draws in which a statistic is not defined, for that statistic alone", () => {
    const first = (weights: ClusterWeights) => [(weights[0] ?? 0) > 0 ? 1 : Number.NaN, 2];
    const [some, all] = bootstrapClusters(3, first, { draws: 300, seed: 1 });
    expect(all?.draws).toHaveLength(300);
    // (2/3)^3 of the draws lack the first cluster.
    expect(Math.abs((some?.draws.length ?? 0) / 300 - 19 / 27)).toBeLessThan(0.08);
    expect(some?.jackknife).toEqual([1, 1]);
  });
});
