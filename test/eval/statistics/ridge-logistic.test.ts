import { describe, expect, it } from "vitest";
import { logisticOf, ridgeLogistic } from "../../../src/eval/statistics/ridge-logistic.js";

/** Agresti, Categorical Data Analysis, table 5.10: temperature (F) and O-ring distress of 23 shuttle flights. */
const FLIGHTS: readonly (readonly [number, number])[] = [
  [66, 0],
  [70, 1],
  [69, 0],
  [68, 0],
  [67, 0],
  [72, 0],
  [73, 0],
  [70, 0],
  [57, 1],
  [63, 1],
  [70, 1],
  [78, 0],
  [67, 0],
  [53, 1],
  [67, 0],
  [75, 0],
  [70, 0],
  [81, 0],
  [76, 0],
  [79, 0],
  [75, 1],
  [76, 0],
  [58, 1],
];
const rows = FLIGHTS.map(([temperature]) => [temperature]);
const labels = FLIGHTS.map(([, distress]) => distress);

describe("ridgeLogistic", () => {
  it("without a ridge is the fit of the shuttle flights: 15.043 - 0.232 x", () => {
    const { intercept, coefficients } = ridgeLogistic(rows, labels, 0);
    expect(intercept).toBeCloseTo(15.0429, 4);
    expect(coefficients[0]).toBeCloseTo(-0.2322, 4);
  });

  it("with a ridge ends where the penalised slope is 0, and holds back", () => {
    const ridge = 3;
    const fit = ridgeLogistic(rows, labels, ridge);
    const free = ridgeLogistic(rows, labels, 0);
    expect(Math.abs(fit.coefficients[0] ?? 0)).toBeLessThan(Math.abs(free.coefficients[0] ?? 0));

    const mean = rows.reduce((sum, [x]) => sum + (x ?? 0), 0) / rows.length;
    const variance = rows.reduce((sum, [x]) => sum + ((x ?? 0) - mean) ** 2, 0) / rows.length;
    const residuals = rows.map((row, item) => (labels[item] ?? 0) - logisticOf(fit, row));
    const slope = residuals.reduce((sum, r, item) => sum + r * ((rows[item]?.[0] ?? 0) - mean), 0);
    expect(slope).toBeCloseTo(ridge * variance * (fit.coefficients[0] ?? 0), 6);
    // The intercept is free: the mean chance is the share of the labels.
    expect(residuals.reduce((sum, r) => sum + r, 0)).toBeCloseTo(0, 7);
  });

  it("has the same chances in other units", () => {
    const fahrenheit = ridgeLogistic(rows, labels, 2);
    const celsius = ridgeLogistic(
      rows.map(([f]) => [(((f ?? 0) - 32) * 5) / 9]),
      labels,
      2,
    );
    expect(logisticOf(celsius, [0])).toBeCloseTo(logisticOf(fahrenheit, [32]), 8);
  });

  it("has an end where a column separates the labels, and leaves out one that never changes", () => {
    const fit = ridgeLogistic(
      [
        [1, 7],
        [2, 7],
        [3, 7],
        [4, 7],
      ],
      [0, 0, 1, 1],
      1,
    );
    expect(fit.coefficients[1]).toBe(0);
    expect(fit.coefficients[0]).toBeGreaterThan(0.5);
    expect(fit.coefficients[0]).toBeLessThan(3);
    expect(logisticOf(fit, [2.5, 7])).toBeCloseTo(0.5, 8);
  });
});
