import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../../../src/eval/statistics/normal-distribution.js";

describe("normalCdf", () => {
  it("has the values of Abramowitz and Stegun, table 26.1", () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 14);
    expect(normalCdf(1.96)).toBeCloseTo(0.97500210485178, 13);
    expect(normalCdf(-3)).toBeCloseTo(0.001349898031630095, 15);
    expect(normalCdf(5) - 0.999999713348428).toBeCloseTo(0, 14);
  });

  it("stays within 0 and 1", () => {
    expect([normalCdf(-40), normalCdf(-8.4), normalCdf(8.4), normalCdf(40)]).toEqual([
      0,
      expect.closeTo(0, 15),
      expect.closeTo(1, 15),
      1,
    ]);
    expect(normalCdf(-8.4)).toBeGreaterThanOrEqual(0);
    expect(normalCdf(Number.NaN)).toBeNaN();
  });
});

describe("normalQuantile", () => {
  it("has the percentage points of the normal distribution, also where simple-statistics is off by 1e-3", () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 14);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.8)).toBeCloseTo(0.8416212335729143, 12);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 12);
    expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 9);
  });

  it("is infinite for 0 and 1", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
