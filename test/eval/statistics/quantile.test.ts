import { quantile } from "simple-statistics";
import { describe, expect, it } from "vitest";

describe("simple-statistics' quantile", () => {
  it("is type 7 of Hyndman and Fan, which tau is taken with (Excel's example: PERCENTILE({1,2,3,4}, 0.3) is 1.9)", () => {
    expect(quantile([4, 1, 3, 2], 0.3)).toBeCloseTo(1.9, 12);
    expect(quantile([1, 2, 3, 4, 5], 0.1)).toBeCloseTo(1.4, 12);
    expect([quantile([3, 1, 2], 0), quantile([3, 1, 2], 1), quantile([7], 0.4)]).toEqual([1, 3, 7]);
  });
});
