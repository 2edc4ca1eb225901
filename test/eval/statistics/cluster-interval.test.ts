import { describe, expect, it } from "vitest";
import { bcaInterval } from "../../../src/eval/statistics/bca-interval.js";
import {
  bootstrapClusters,
  type ClusterWeights,
  type Resampled,
} from "../../../src/eval/statistics/cluster-bootstrap.js";
import { clusterInterval, jackknifeError } from "../../../src/eval/statistics/cluster-interval.js";
import { randomSource } from "../../../src/eval/statistics/random-source.js";
import { tQuantile } from "../../../src/eval/statistics/student-t.js";

/** The mean of values, one a cluster. */
function meanOf(values: readonly number[], draws = 1000): Resampled {
  const mean = (weights: ClusterWeights) => {
    let [sum, n] = [0, 0];
    values.forEach((value, index) => {
      sum += (weights[index] ?? 0) * value;
      n += weights[index] ?? 0;
    });
    return [sum / n];
  };
  return bootstrapClusters(values.length, mean, { draws, seed: 1 })[0] as Resampled;
}

/** Efron and Tibshirani 1993, table 2.1: survival of seven treated mice, mean 86.86, SE 25.24. */
const MICE = [94, 197, 16, 38, 99, 141, 23];

describe("jackknifeError", () => {
  it("of a mean is the textbook's: 25.24 days for the treated mice", () => {
    expect(jackknifeError(meanOf(MICE))).toBeCloseTo(25.24, 2);
  });
});

describe("clusterInterval", () => {
  it("of few clusters is Student's where BCa is too narrow", () => {
    const interval = clusterInterval(meanOf(MICE), 7);
    const half = tQuantile(0.975, 6) * 25.2355;
    expect(interval.value).toBeCloseTo(86.86, 2);
    expect(interval.lo).toBeCloseTo(86.857 - half, 1);
    expect(interval.lo).toBeLessThan(bcaInterval(meanOf(MICE)).lo);
    expect(interval.hi).toBeGreaterThanOrEqual(86.857 + half - 0.1);
  });

  it("of two clusters that say yes does not say yes", () => {
    expect(clusterInterval(meanOf([0.3, 0.2]), 2).lo).toBeLessThan(0);
  });

  it("holds its level for five clusters", () => {
    const random = randomSource(9);
    let above = 0;
    for (let trial = 0; trial < 300; trial++) {
      const values = Array.from({ length: 5 }, () => random.unit() - 0.5);
      if (clusterInterval(meanOf(values, 200), 5).lo > 0) above += 1;
    }
    // 2.5 % are 7.5; more than 16 has a chance of 1 in 400.
    expect(above).toBeLessThanOrEqual(16);
  });

  it("of many clusters is BCa's, a little wider", () => {
    const values = Array.from({ length: 200 }, (_, index) => (index * 37) % 101);
    const [wide, plain] = [clusterInterval(meanOf(values), 200), bcaInterval(meanOf(values))];
    expect(wide.lo).toBeLessThanOrEqual(plain.lo);
    expect((wide.hi - wide.lo) / (plain.hi - plain.lo)).toBeLessThan(1.03);
  });

  it("of no width is what so many clusters without a difference leave open", () => {
    // 1 - 0.025^(1/60).
    const open = clusterInterval(meanOf(new Array<number>(60).fill(0)), 60);
    expect(open).toEqual({
      value: 0,
      lo: expect.closeTo(-0.0596, 4),
      hi: expect.closeTo(0.0596, 4),
    });
  });
});
