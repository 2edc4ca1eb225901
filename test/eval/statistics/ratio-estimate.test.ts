import { describe, expect, it } from "vitest";
import { ratioEstimate } from "../../../src/eval/statistics/ratio-estimate.js";

/** Lohr, Sampling: Design and Analysis, example 5.6: 12 of 187 algebra classes, [students, sum of their scores]. */
const CLASSES = [
  [20, 1230],
  [26, 1669.2],
  [24, 1401.6],
  [34, 1972],
  [26, 1508],
  [28, 1817.2],
  [19, 1048.8],
  [32, 2307.2],
  [17, 989.4],
  [21, 1398.6],
  [26, 1619.8],
  [26, 1747.2],
] as const;

describe("ratioEstimate", () => {
  it("is Lohr's example 5.6: 62.57, SE 1.49 with the correction for 12 of 187 classes", () => {
    const ratio = ratioEstimate(CLASSES.map(([of, part]) => ({ of, part })));
    expect(ratio.value).toBeCloseTo(62.57, 2);
    expect(ratio.se * Math.sqrt(1 - 12 / 187)).toBeCloseTo(1.49, 2);
  });

  it("of units with one rate is sure of it", () => {
    const ratio = ratioEstimate([
      { part: 1, of: 4 },
      { part: 3, of: 12 },
    ]);
    expect(ratio).toMatchObject({ value: 0.25, se: 0, lo: 0.25, hi: 0.25 });
  });

  it("of one unit has no interval", () => {
    expect(ratioEstimate([{ part: 1, of: 4 }])).toMatchObject({ value: 0.25, lo: Number.NaN });
  });
});
