import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  heightAt,
  isotonicCurve,
  isotonicFit,
  reachedAt,
} from "../../../src/eval/statistics/isotonic-regression.js";

describe("isotonicFit", () => {
  it("is the example of R's isoreg(c(1, 0, 4, 3, 3, 5, 4, 2, 0))", () => {
    expect(isotonicFit([1, 0, 4, 3, 3, 5, 4, 2, 0])).toEqual([0.5, 0.5, 3, 3, 3, 3, 3, 3, 3]);
  });

  it("is the example of scikit-learn's tests", () => {
    expect(isotonicFit([3, 7, 5, 9, 8, 7, 10])).toEqual([3, 6, 6, 8, 8, 8, 10]);
  });

  it("pools by weight", () => {
    expect(isotonicFit([4, 1], [1, 3])).toEqual([1.75, 1.75]);
  });

  it("leaves a rising sequence alone, keeps the weighted sum, and rises", () => {
    const item = fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), (items) => {
        const [values, weights] = [items.map(([y]) => y), items.map(([, w]) => w)];
        const fitted = isotonicFit(values, weights);
        const total = (of: readonly number[]) =>
          of.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0);
        expect(total(fitted)).toBeCloseTo(total(values), 8);
        fitted.forEach((value, index) => {
          expect(value).toBeGreaterThanOrEqual((fitted[index - 1] ?? value) - 1e-12);
        });
        const rising = [...values].sort((a, b) => a - b);
        expect(isotonicFit(rising)).toEqual(rising);
      }),
    );
  });
});

describe("isotonicCurve", () => {
  it("sorts, makes one of points at one place, and pools what falls", () => {
    const curve = isotonicCurve([
      { x: 0.5, y: 0.6 },
      { x: 0.2, y: 0.5 },
      { x: 0.2, y: 0.7 },
      { x: 0.4, y: 0.3, weight: 2 },
    ]);
    expect(curve).toEqual([
      { x: 0.2, y: expect.closeTo(0.45, 12), weight: 2 },
      { x: 0.4, y: expect.closeTo(0.45, 12), weight: 2 },
      { x: 0.5, y: 0.6, weight: 1 },
    ]);
  });
});

describe("heightAt and reachedAt", () => {
  const curve = [
    { x: 0.1, y: 0.5 },
    { x: 0.3, y: 0.5 },
    { x: 0.5, y: 0.9 },
  ];

  it("interpolate, level outside", () => {
    expect([0, 0.1, 0.2, 0.7].map((x) => heightAt(curve, x))).toEqual([0.5, 0.5, 0.5, 0.9]);
    expect(heightAt(curve, 0.5)).toBeCloseTo(0.9, 12);
    expect(heightAt(curve, 0.4)).toBeCloseTo(0.7, 12);
    expect(heightAt([], 0.4)).toBeNaN();
  });

  it("say at which price a height is reached, and whether", () => {
    expect(reachedAt(curve, 0.7)).toBeCloseTo(0.4, 12);
    expect([reachedAt(curve, 0.4), reachedAt(curve, 0.95)]).toEqual([0.1, null]);
  });
});
