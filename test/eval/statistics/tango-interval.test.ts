import { describe, expect, it } from "vitest";
import { type PairedCounts, tangoInterval } from "../../../src/eval/statistics/tango-interval.js";

const points = (counts: PairedCounts) => {
  const { value, lo, hi } = tangoInterval(counts);
  return [value, lo, hi].map((each) => Math.round(each * 10_000) / 100);
};

describe("tangoInterval", () => {
  it("is that of the R package contingencytables 3.1 for Cavo et al. 2012 (59, 6, 16, 80)", () => {
    const interval = tangoInterval({ onlyFirst: 6, onlySecond: 16, n: 161 });
    expect(interval.value).toBeCloseTo(-0.0621, 4);
    expect(interval.lo).toBeCloseTo(-0.124, 4);
    expect(interval.hi).toBeCloseTo(-0.0054, 4);
  });

  it("is that of Fagerland et al., Statistics in Medicine 33, 2014, for Bentur et al. 2009 (1, 1, 7, 12)", () => {
    const interval = tangoInterval({ onlyFirst: 1, onlySecond: 7, n: 21 });
    expect(interval.lo).toBeCloseTo(-0.517, 3);
    expect(interval.hi).toBeCloseTo(-0.026, 3);
  });

  it("shows that 300 problems do not show 'within 2 points of large'", () => {
    expect(points({ onlyFirst: 0, onlySecond: 2, n: 300 })).toEqual([-0.67, -2.4, 0.61]);
    expect(points({ onlyFirst: 0, onlySecond: 4, n: 600 })).toEqual([-0.67, -1.7, -0.03]);
    expect(points({ onlyFirst: 0, onlySecond: 7, n: 1000 })).toEqual([-0.7, -1.44, -0.31]);
  });

  it("of no difference at all is not nothing: z^2 / (n + z^2) to both sides", () => {
    const { lo, hi } = tangoInterval({ onlyFirst: 0, onlySecond: 0, n: 50 });
    const z2 = 1.959963984540054 ** 2;
    expect(hi).toBeCloseTo(z2 / (50 + z2), 9);
    expect(lo).toBeCloseTo(-z2 / (50 + z2), 9);
  });

  it("turns round with the arms, and ends at -1 and 1", () => {
    const one = tangoInterval({ onlyFirst: 9, onlySecond: 4, n: 60 });
    const other = tangoInterval({ onlyFirst: 4, onlySecond: 9, n: 60 });
    expect(other.hi).toBeCloseTo(-one.lo, 9);
    expect(tangoInterval({ onlyFirst: 5, onlySecond: 0, n: 5 }).hi).toBe(1);
    expect(tangoInterval({ onlyFirst: 0, onlySecond: 5, n: 5 }).lo).toBe(-1);
  });
});
