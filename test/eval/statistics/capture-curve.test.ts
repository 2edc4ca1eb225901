import { describe, expect, it } from "vitest";
import { captureAt, captureCurve } from "../../../src/eval/statistics/capture-curve.js";

describe("captureCurve", () => {
  it("goes down the values: 2 of 2 bad ones are in the top half", () => {
    const curve = captureCurve([0.1, 0.9, 0.5, 0.2], [false, true, true, false]);
    expect(curve).toEqual([
      { top: 0, captured: 0 },
      { top: 0.25, captured: 0.5 },
      { top: 0.5, captured: 1 },
      { top: 0.75, captured: 1 },
      { top: 1, captured: 1 },
    ]);
  });

  it("catches items of one value in proportion, not in the order in which they came", () => {
    const curve = captureCurve([0, 0, 0, 0], [true, false, false, false]);
    expect(curve).toEqual([
      { top: 0, captured: 0 },
      { top: 1, captured: 1 },
    ]);
    expect(captureAt(curve, 0.25)).toBe(0.25);
  });

  it("is empty without bad items", () => {
    expect(captureCurve([1, 2], [false, false])).toEqual([]);
    expect(captureAt([], 0.25)).toBeNaN();
  });
});

describe("captureAt", () => {
  it("is the curve's height, between its points too", () => {
    const curve = captureCurve([0.1, 0.9, 0.5, 0.2], [false, true, true, false]);
    expect(captureAt(curve, 0.25)).toBe(0.5);
    expect(captureAt(curve, 0.3)).toBeCloseTo(0.6, 12);
    expect([captureAt(curve, 0), captureAt(curve, 1)]).toEqual([0, 1]);
  });
});
