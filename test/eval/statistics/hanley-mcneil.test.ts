import { describe, expect, it } from "vitest";
import { aurocError, positivesFor } from "../../../src/eval/statistics/hanley-mcneil.js";

describe("aurocError", () => {
  it("of the CT images of Hanley and McNeil, area .893 of 51 and 58, is 0.032", () => {
    expect(aurocError(0.893, 51, 58)).toBeCloseTo(0.0325, 4);
  });

  it("leaves +-.10 for .6 with 40 of 200, +-.155 with 16 of 98", () => {
    expect(1.96 * aurocError(0.6, 40, 160)).toBeCloseTo(0.1, 2);
    expect(1.96 * aurocError(0.6, 16, 82)).toBeCloseTo(0.155, 2);
  });
});

describe("positivesFor", () => {
  it("is how many it takes", () => {
    const positives = positivesFor(0.6, 4, 0.1);
    expect(1.96 * aurocError(0.6, positives, 4 * positives)).toBeLessThanOrEqual(0.1);
    expect(Math.abs(positives - 40)).toBeLessThanOrEqual(2);
  });
});
