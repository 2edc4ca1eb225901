import { describe, expect, it } from "vitest";
import {
  designEffect,
  detectableDifference,
  problemsFor,
} from "../../../src/eval/statistics/sample-size.js";

describe("problemsFor", () => {
  // The figures of the table S4, which takes 2.8 for 2.8016: within 0.3 % and a rounding.
  it.each([
    [0.1, 0.15, 118],
    [0.1, 0.2, 157],
    [0.05, 0.15, 470],
    [0.05, 0.2, 627],
    [0.03, 0.15, 1307],
    [0.03, 0.2, 1742],
    [0.02, 0.1, 1960],
    [0.02, 0.2, 3920],
    [0.05, 0.1, 314],
    [0.02, 0.02, 392],
  ])(
    "for a difference of %f, %f answered differently: about %i",
    (difference, discordant, known) => {
      const found = problemsFor(difference, discordant);
      expect(found).toBeGreaterThanOrEqual(known);
      expect(found).toBeLessThanOrEqual(known * 1.003 + 1);
    },
  );

  it("takes more for more power and a smaller alpha", () => {
    // (1.959964 + 1.281552)^2 = 10.5074, the factor of 90 % power.
    expect(problemsFor(0.1, 0.2, { power: 0.9 })).toBe(Math.ceil(1050.742 * 0.2));
    // (2.575829 + 0.841621)^2 = 11.6790.
    expect(problemsFor(0.1, 0.2, { alpha: 0.01 })).toBe(Math.ceil(1167.9 * 0.2));
  });
});

describe("detectableDifference", () => {
  it.each([
    [72, 0.2, 14.8],
    [300, 0.2, 7.2],
    [1000, 0.3, 4.8],
  ])("of %i problems, %f answered differently, is 0.01 x %f", (n, discordant, points) => {
    expect(detectableDifference(n, discordant) * 100).toBeCloseTo(points, 0.8);
  });
});

describe("designEffect", () => {
  it("makes 294 of 1,000 problems from 40 templates at rho .1", () => {
    expect(designEffect(25, 0.1)).toBeCloseTo(3.4, 12);
    expect(1000 / designEffect(25, 0.1)).toBeCloseTo(294, 0);
  });
});
