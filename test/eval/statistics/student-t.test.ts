import { describe, expect, it } from "vitest";
import { tQuantile } from "../../../src/eval/statistics/student-t.js";

describe("tQuantile", () => {
  it("has the closed forms of 1, 2 and 4 degrees of freedom (Shaw, J. Computational Finance 9, 2006)", () => {
    for (const p of [0.6, 0.9, 0.975, 0.999]) {
      expect(tQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8);
      expect(tQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 9);
      const root = Math.sqrt(4 * p * (1 - p));
      const four = 2 * Math.sqrt(Math.cos(Math.acos(root) / 3) / root - 1);
      expect(tQuantile(p, 4)).toBeCloseTo(four, 9);
    }
  });

  it("has the values of Student's table", () => {
    expect(tQuantile(0.975, 1)).toBeCloseTo(12.7062047364, 8);
    expect(tQuantile(0.975, 10)).toBeCloseTo(2.228138852, 9);
    expect(tQuantile(0.975, 30)).toBeCloseTo(2.0422724563, 9);
    expect(tQuantile(0.95, 60)).toBeCloseTo(1.6706488649, 9);
    expect(tQuantile(0.025, 10)).toBeCloseTo(-2.228138852, 9);
  });

  it("comes to the normal distribution's, and is 0 in the middle", () => {
    expect(tQuantile(0.975, 1e6)).toBeCloseTo(1.95996636, 6);
    expect(tQuantile(0.5, 7)).toBe(0);
    expect(tQuantile(1, 7)).toBe(Number.POSITIVE_INFINITY);
  });
});
