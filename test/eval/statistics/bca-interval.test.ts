import { describe, expect, it } from "vitest";
import {
  acceleration,
  bcaBound,
  bcaInterval,
  biasOf,
  expandedLevel,
} from "../../../src/eval/statistics/bca-interval.js";
import {
  bootstrapClusters,
  type ClusterWeights,
  type Resampled,
} from "../../../src/eval/statistics/cluster-bootstrap.js";

/** Efron and Tibshirani, An Introduction to the Bootstrap, 1993, table 14.1: the spatial test, A. */
const SPATIAL = [
  48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30,
  41,
];

function variance(weights: ClusterWeights): number {
  let [n, sum, squares] = [0, 0, 0];
  SPATIAL.forEach((value, index) => {
    const weight = weights[index] ?? 0;
    n += weight;
    sum += weight * value;
    squares += weight * value * value;
  });
  return squares / n - (sum / n) ** 2;
}

const spatial = bootstrapClusters(SPATIAL.length, (weights) => [variance(weights)], {
  draws: 20_000,
  seed: 1,
})[0] as Resampled;

describe("bcaInterval", () => {
  it("is that of Efron and Tibshirani, chapter 14: variance 171.5, a = 0.061, z0 = 0.146, 90 % [115.8, 259.6]", () => {
    const interval = bcaInterval(spatial, 0.1);
    expect(interval.value).toBeCloseTo(171.5, 1);
    expect(acceleration(spatial.jackknife)).toBeCloseTo(0.061, 3);
    // Theirs are of 2,000 draws; their exact "ABC" has [116.7, 260.9].
    expect(biasOf(spatial)).toBeCloseTo(0.146, 1);
    expect(Math.abs(interval.lo - 115.8)).toBeLessThan(2);
    expect(Math.abs(interval.hi - 259.6)).toBeLessThan(4);
  });

  it("is far from the percentile interval [100.8, 233.9] of the same table", () => {
    const share = (level: number) => spatial.draws[Math.floor(level * spatial.draws.length)] ?? 0;
    expect(Math.abs(share(0.05) - 100.8)).toBeLessThan(3);
    expect(Math.abs(share(0.95) - 233.9)).toBeLessThan(3);
  });

  it("of draws that are all alike is that one value", () => {
    const same = { estimate: 0.2, draws: [0.2, 0.2, 0.2], jackknife: [0.2, 0.2] };
    expect(bcaInterval(same)).toEqual({ value: 0.2, lo: 0.2, hi: 0.2 });
  });

  it("of draws that all lie on one side is finite; of none it is not known", () => {
    expect(bcaInterval({ estimate: 0, draws: [1, 2, 3, 4], jackknife: [] }).lo).toBeCloseTo(1, 3);
    expect(bcaBound({ estimate: 0, draws: [], jackknife: [] }, 0.025)).toBeNaN();
    const some = { estimate: 2, draws: [1, 2, 4], jackknife: [1, 2, 3] };
    expect([bcaBound(some, 0), bcaBound(some, 1)]).toEqual([1, 4]);
  });
});

describe("expandedLevel", () => {
  it("is normal for many clusters, and further out for few (Hesterberg 2015: n = 20 takes 2.5 % to 1.6 %)", () => {
    expect(expandedLevel(0.025, 1e6)).toBeCloseTo(0.025, 5);
    expect(expandedLevel(0.025, 20)).toBeCloseTo(0.0159, 3);
    expect(expandedLevel(0.975, 20)).toBeCloseTo(1 - expandedLevel(0.025, 20), 10);
    expect([expandedLevel(0.025, 1), expandedLevel(0.975, 1)]).toEqual([0, 1]);
  });
});
