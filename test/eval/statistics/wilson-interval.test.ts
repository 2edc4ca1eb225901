import { describe, expect, it } from "vitest";
import { wilsonInterval } from "../../../src/eval/statistics/wilson-interval.js";

describe("wilsonInterval", () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])(
    "of %i of %i is that of Newcombe, Statistics in Medicine 17, 1998, 857-872, table I, method 3",
    (successes, n, lo, hi) => {
      const interval = wilsonInterval(successes, n);
      expect(interval.value).toBe(successes / n);
      expect(interval.lo).toBeCloseTo(lo, 4);
      expect(interval.hi).toBeCloseTo(hi, 4);
    },
  );

  it("stays within 0 and 1, and is wider for a smaller alpha", () => {
    expect(wilsonInterval(20, 20).hi).toBeCloseTo(1, 12);
    expect(wilsonInterval(0, 20).lo).toBeCloseTo(0, 12);
    expect(wilsonInterval(7, 20, 0.01).lo).toBeLessThan(wilsonInterval(7, 20).lo);
  });
});
