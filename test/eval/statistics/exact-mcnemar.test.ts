import { describe, expect, it } from "vitest";
import { exactMcNemar } from "../../../src/eval/statistics/exact-mcnemar.js";

describe("exactMcNemar", () => {
  it("is that of Fagerland et al., BMC Medical Research Methodology 13:91, 2013, for 1 against 7", () => {
    expect(exactMcNemar(1, 7)).toBeCloseTo(0.0703125, 12);
  });

  it("is that of the R package contingencytables for Cavo et al. 2012, 6 against 16", () => {
    expect(exactMcNemar(6, 16)).toBeCloseTo(0.052479, 6);
    expect(exactMcNemar(16, 6)).toBe(exactMcNemar(6, 16));
  });

  it("is the binomial tail: 12 against 2 is 212 / 2^14", () => {
    expect(exactMcNemar(12, 2)).toBeCloseTo(212 / 2 ** 14, 12);
    expect(exactMcNemar(0, 6)).toBeCloseTo(2 / 2 ** 6, 12);
  });

  it("is 1 where both sides are equal, or nothing differs", () => {
    expect([exactMcNemar(0, 0), exactMcNemar(5, 5), exactMcNemar(3, 4)]).toEqual([1, 1, 1]);
  });
});
