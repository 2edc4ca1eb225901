import { describe, expect, it } from "vitest";
import {
  clopperPearson,
  clopperPearsonUpper,
} from "../../../src/eval/statistics/clopper-pearson.js";

describe("clopperPearson", () => {
  it.each([
    [81, 263, 0.2527, 0.3676],
    [15, 148, 0.0578, 0.1617],
    [0, 20, 0, 0.1684],
    [1, 29, 0.0009, 0.1776],
  ])(
    "of %i of %i is that of Newcombe, Statistics in Medicine 17, 1998, 857-872, table I, method 5",
    (successes, n, lo, hi) => {
      const interval = clopperPearson(successes, n);
      expect(interval.value).toBe(successes / n);
      expect(interval.lo).toBeCloseTo(lo, 4);
      expect(interval.hi).toBeCloseTo(hi, 4);
    },
  );

  it("of 13 of 16 is that of the R package contingencytables (Ligarden 2010)", () => {
    expect(clopperPearson(13, 16)).toEqual({
      value: 0.8125,
      lo: expect.closeTo(0.5435, 4),
      hi: expect.closeTo(0.9595, 4),
    });
    expect(clopperPearson(10, 10).hi).toBe(1);
    expect(clopperPearson(10, 10).lo).toBeCloseTo(0.6915, 4);
  });
});

describe("clopperPearsonUpper", () => {
  it("of none in n is 1 - delta^(1/n): the rule of three", () => {
    expect(clopperPearsonUpper(0, 100, 0.05)).toBeCloseTo(1 - 0.05 ** (1 / 100), 12);
    expect(clopperPearsonUpper(0, 100, 0.05)).toBeCloseTo(0.0295, 4);
  });

  it("of all is 1", () => {
    expect(clopperPearsonUpper(8, 8, 0.05)).toBe(1);
  });
});
