import { describe, expect, it } from "vitest";
import { clusteredMean } from "../../../src/eval/statistics/clustered-mean.js";

/** Lohr, Sampling: Design and Analysis, example 5.2: grade point averages in 5 of 100 suites of four. */
const SUITES = {
  one: [3.08, 2.6, 3.44, 3.04],
  two: [2.36, 3.04, 3.28, 2.68],
  three: [2.0, 2.56, 2.52, 1.88],
  four: [3.0, 2.88, 3.44, 3.64],
  five: [2.68, 1.92, 3.28, 3.2],
};

describe("clusteredMean", () => {
  it("is Lohr's example 5.2: 2.826, SE 0.164 with the correction for 5 of 100 suites", () => {
    const names = Object.entries(SUITES).flatMap(([name, marks]) => marks.map(() => name));
    const mean = clusteredMean(Object.values(SUITES).flat(), names);
    expect(mean.value).toBeCloseTo(2.826, 3);
    expect(mean.se * Math.sqrt(1 - 5 / 100)).toBeCloseTo(0.164, 3);
    expect(mean.clusters).toBe(5);
    // t with 4 degrees of freedom.
    expect((mean.hi - mean.value) / mean.se).toBeCloseTo(2.776445105, 8);
  });

  it("of one item a cluster is the mean with sd / sqrt(n)", () => {
    const mean = clusteredMean([1, 0, 0, 1], ["a", "b", "c", "d"]);
    expect(mean.se).toBeCloseTo(Math.sqrt(1 / 3) / 2, 12);
  });

  it("of items that repeat one another is as wide as without the repeats", () => {
    const once = clusteredMean([1, 0, 0, 1], ["a", "b", "c", "d"]);
    const thrice = clusteredMean([1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1], [..."aaabbbcccddd"]);
    expect(thrice.se).toBeCloseTo(once.se, 12);
    expect(thrice.lo).toBeCloseTo(once.lo, 10);
  });

  it("of one cluster alone has no interval", () => {
    expect(clusteredMean([1, 0], ["a", "a"])).toMatchObject({ value: 0.5, se: Number.NaN });
  });
});
