import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc, aurocOver } from "../../../src/eval/statistics/auroc.js";

/** Hanley and McNeil, Radiology 143, 1982, table I: ratings 1 to 5 of CT images of 58 healthy and 51 ill. */
const HEALTHY = [33, 6, 6, 11, 2];
const ILL = [3, 2, 2, 11, 33];

const spread = (counts: readonly number[]) =>
  counts.flatMap((count, index) => new Array<number>(count).fill(index + 1));

describe("auroc", () => {
  it("with many ties is that of Hanley and McNeil: 0.893", () => {
    const values = [...spread(HEALTHY), ...spread(ILL)];
    const positive = values.map((_, index) => index >= 58);
    expect(auroc(values, positive)).toBeCloseTo(0.893, 3);
  });

  it("keeps its direction: backwards is below a half", () => {
    expect(auroc([1, 2, 3], [true, false, false])).toBe(0);
    expect(auroc([1, 1, 1], [true, false, false])).toBe(0.5);
  });

  it("is not defined for one kind alone", () => {
    expect(auroc([1, 2], [true, true])).toBeNaN();
    expect(auroc([], [])).toBeNaN();
  });

  it("is the share of ordered pairs, whatever the values", () => {
    const item = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(item, { minLength: 2, maxLength: 30 }), (items) => {
        const above = items.filter(([, positive]) => positive);
        const below = items.filter(([, positive]) => !positive);
        fc.pre(above.length > 0 && below.length > 0);
        const ordered = above.flatMap(([a]) =>
          below.map(([b]): number => (a > b ? 1 : a === b ? 0.5 : 0)),
        );
        const expected = ordered.reduce((sum, each) => sum + each, 0) / ordered.length;
        const found = auroc(
          items.map(([value]) => value),
          items.map(([, positive]) => positive),
        );
        expect(found).toBeCloseTo(expected, 12);
      }),
    );
  });
});

describe("aurocOver", () => {
  it("counts a cluster as often as its weight says", () => {
    const area = aurocOver([1, 3, 2, 2], [false, true, true, false], [0, 0, 1, 1]);
    expect(area([1, 1])).toBe((1 + 1 + 1 + 0.5) / 4);
    expect(area([2, 1])).toBe(auroc([1, 3, 1, 3, 2, 2], [false, true, false, true, true, false]));
    expect(area([0, 1])).toBe(0.5);
  });
});
