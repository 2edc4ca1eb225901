import { describe, expect, it } from "vitest";
import { auroc } from "../../../src/eval/statistics/auroc.js";
import { withinAuroc, withinAurocOver } from "../../../src/eval/statistics/within-auroc.js";

/** The value tells the hard problem from the easy one, and nothing inside a problem. */
const CONFOUNDED = {
  values: [9, 9, 9, 9, 1, 1, 1, 1],
  positive: [true, true, true, false, true, false, false, false],
  problemOf: [..."hhhheeee"],
};

describe("withinAuroc", () => {
  it("is a half for a signal that tells problems, not places, which the pooled one praises", () => {
    expect(auroc(CONFOUNDED.values, CONFOUNDED.positive)).toBe(0.75);
    expect(withinAuroc(CONFOUNDED)).toBe(0.5);
  });

  it("weighs problems by their pairs: 2 of 2 and 1.5 of 4", () => {
    const items = {
      values: [5, 3, 1, 1, 2, 2, 3],
      positive: [true, false, false, true, false, true, false],
      problemOf: [..."aaabbbb"],
    };
    // b: positives 1 and 2 against 2 and 3: 0, 0, 0.5, 0.
    expect(withinAuroc(items)).toBe((2 + 0.5) / (2 + 4));
  });

  it("is not defined where no problem has both kinds", () => {
    expect(
      withinAuroc({ values: [1, 2], positive: [true, false], problemOf: ["a", "b"] }),
    ).toBeNaN();
  });
});

describe("withinAurocOver", () => {
  it("counts the problems of a cluster as often as its weight says", () => {
    const items = {
      values: [1, 2, 2, 1],
      positive: [false, true, false, true],
      problemOf: [..."aabb"],
    };
    const area = withinAurocOver(items, [0, 0, 1, 1]);
    expect([area([1, 1]), area([3, 1]), area([0, 1])]).toEqual([0.5, 0.75, 0]);
  });
});
