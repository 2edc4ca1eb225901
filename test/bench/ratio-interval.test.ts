import { describe, expect, it } from "vitest";
import { ratioInterval } from "../../bench/against/ratio-interval.js";

/** Thirty rounds whose ratios are spread evenly around `middle` on a logarithmic scale. */
const around = (middle: number, spread: number) =>
  Array.from({ length: 30 }, (_, round) => middle * Math.exp(((round - 14.5) / 14.5) * spread));

describe("ratioInterval", () => {
  it("finds the middle, with equal distances to both ends on a logarithmic scale", () => {
    const { ratio, low, high } = ratioInterval(around(1.02, 0.1));
    expect(ratio).toBeCloseTo(1.02, 10);
    expect(high / ratio).toBeCloseTo(ratio / low, 10);
  });

  it("leaves out as many averages of pairs as Wilcoxon's table says: 137 at each end for 30 rounds", () => {
    const ratios = around(1, 0.1);
    const { low, high } = ratioInterval(ratios);
    const averages = ratios.flatMap((one, index) =>
      ratios.slice(index).map((other) => Math.sqrt(one * other)),
    );
    expect(averages).toHaveLength(465);
    // A hair inside, since many averages are equal but for the last bits.
    expect(averages.filter((average) => average < low * 0.999999).length).toBeLessThanOrEqual(137);
    expect(averages.filter((average) => average <= low * 1.000001).length).toBeGreaterThan(137);
    expect(averages.filter((average) => average > high * 1.000001).length).toBeLessThanOrEqual(137);
    expect(averages.filter((average) => average >= high * 0.999999).length).toBeGreaterThan(137);
  });

  it("does not mind how wild a wild round was", () => {
    const [, ...others] = around(1, 0.02);
    const high = (wild: number) => ratioInterval([...others, wild]).high;
    expect(high(100)).toBe(high(2));
    expect(high(100)).toBeLessThan(1.02);
  });

  it("refuses fewer rounds than an interval needs", () => {
    expect(() => ratioInterval([1, 1, 1])).toThrow("Expected 10 rounds or more");
  });
});
