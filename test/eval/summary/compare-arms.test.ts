import { describe, expect, it } from "vitest";
import { compareArms } from "../../../src/eval/summary/compare-arms.js";

const arm = (name: string, scores: readonly number[]) => ({
  arm: name,
  scores,
  largeTokens: scores.map(() => 0),
});
const HOW = { alpha: 0.05, seed: 1, draws: 2000 };
const names = (n: number) => Array.from({ length: n }, (_, index) => `${index}`);

/** So many problems that only the first, only the second, both have right. */
const table = (onlyFirst: number, onlySecond: number, both: number) => {
  const scores = (first: number, second: number, n: number) =>
    Array.from({ length: n }, () => [first, second] as const);
  const all = [...scores(1, 0, onlyFirst), ...scores(0, 1, onlySecond), ...scores(1, 1, both)];
  return [
    arm(
      "a",
      all.map(([a]) => a),
    ),
    arm(
      "b",
      all.map(([, b]) => b),
    ),
  ] as const;
};

describe("compareArms", () => {
  it("with fewer than 25 problems answered differently is Tango's and McNemar's (Cavo et al. 2012)", () => {
    const {
      difference,
      p,
      arm: first,
      against,
    } = compareArms(...table(6, 16, 139), names(161), HOW);
    expect([first, against]).toEqual(["a", "b"]);
    expect(difference.lo).toBeCloseTo(-0.124, 4);
    expect(difference.hi).toBeCloseTo(-0.0054, 4);
    expect(p).toBeCloseTo(0.052479, 6);
  });

  it("with more is a bootstrap's, near Wald's for many problems", () => {
    const { difference } = compareArms(...table(60, 40, 300), names(400), HOW);
    const half = 1.96 * Math.sqrt((0.25 - 0.05 ** 2) / 400);
    expect(difference.value).toBeCloseTo(0.05, 12);
    expect(Math.abs(difference.lo - (0.05 - half))).toBeLessThan(0.005);
    expect(Math.abs(difference.hi - (0.05 + half))).toBeLessThan(0.005);
  });

  it("of problems in clusters has no McNemar, and is wider", () => {
    const pairs = table(60, 40, 300);
    const tens = Array.from({ length: 400 }, (_, index) => `${Math.floor(index / 10)}`);
    const { difference, p } = compareArms(...pairs, tens, HOW);
    expect(p).toBeNull();
    expect(difference.hi - difference.lo).toBeGreaterThan(0.2);
  });

  it("of one cluster alone leaves everything open", () => {
    const { difference } = compareArms(
      ...table(6, 1, 10),
      names(17).map(() => "one"),
      HOW,
    );
    expect(difference).toEqual({ value: 5 / 17, lo: -1, hi: 1 });
  });

  it("of means of repeats that never differ leaves open what so many problems cannot rule out", () => {
    const half = arm(
      "a",
      names(50).map(() => 0.5),
    );
    const { difference, p } = compareArms(half, half, names(50), HOW);
    // 1 - 0.025^(1/50).
    expect(difference).toEqual({
      value: 0,
      lo: expect.closeTo(-0.0711, 4),
      hi: expect.closeTo(0.0711, 4),
    });
    expect(p).toBeNull();
  });
});
