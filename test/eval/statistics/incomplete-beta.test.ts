import { describe, expect, it } from "vitest";
import {
  inverseRegularisedBeta,
  regularisedBeta,
} from "../../../src/eval/statistics/incomplete-beta.js";

/** For whole a and b: the chance of a or more successes of a + b - 1 (DLMF 8.17.5). */
function binomialTail(x: number, a: number, b: number): number {
  const n = a + b - 1;
  let sum = 0;
  let ways = 1;
  for (let successes = 0; successes <= n; successes++) {
    if (successes >= a) sum += ways * x ** successes * (1 - x) ** (n - successes);
    ways = (ways * (n - successes)) / (successes + 1);
  }
  return sum;
}

describe("regularisedBeta", () => {
  it("has its closed forms to 1e-12", () => {
    for (const x of [0.001, 0.2, 0.5, 0.77, 0.999]) {
      expect(regularisedBeta(x, 3.7, 1)).toBeCloseTo(x ** 3.7, 12);
      expect(regularisedBeta(x, 1, 0.4)).toBeCloseTo(1 - (1 - x) ** 0.4, 12);
      expect(regularisedBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 12);
    }
    expect(regularisedBeta(0.5, 87.3, 87.3)).toBeCloseTo(0.5, 12);
  });

  it("is the binomial tail for whole a and b, to 1e-10", () => {
    for (const [a, b] of [
      [2, 3],
      [15, 134],
      [81, 183],
      [1, 20],
      [300, 12],
    ] as const) {
      for (const x of [0.02, 0.3, 0.6, 0.95]) {
        expect(regularisedBeta(x, a, b)).toBeCloseTo(binomialTail(x, a, b), 10);
      }
    }
  });

  it("is 0 and 1 at the ends", () => {
    expect([regularisedBeta(0, 2, 3), regularisedBeta(1, 2, 3)]).toEqual([0, 1]);
  });
});

describe("inverseRegularisedBeta", () => {
  it("is its inverse, to 1e-10, also far out and for thousands of cases", () => {
    for (const [a, b] of [
      [0.5, 0.5],
      [2, 3],
      [1, 20],
      [40, 4000],
      [0.5, 5000],
    ] as const) {
      for (const p of [1e-6, 0.025, 0.5, 0.975, 0.999]) {
        expect(regularisedBeta(inverseRegularisedBeta(p, a, b), a, b)).toBeCloseTo(p, 10);
      }
    }
  });

  it("is exact where there is a closed form", () => {
    expect(inverseRegularisedBeta(0.05, 1, 20)).toBeCloseTo(1 - 0.95 ** (1 / 20), 12);
    expect([inverseRegularisedBeta(0, 2, 2), inverseRegularisedBeta(1, 2, 2)]).toEqual([0, 1]);
  });
});
