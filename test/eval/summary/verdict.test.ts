import { describe, expect, it } from "vitest";
import type { ArmFigures } from "../../../src/eval/summary/arm-figures.js";
import { chanceAt, chordAt, coinFor } from "../../../src/eval/summary/nulls.js";
import { problemsToSettle } from "../../../src/eval/summary/problems-to-settle.js";
import { saysOf, verdictOf } from "../../../src/eval/summary/verdict.js";

const point = (largeTokens: number, accuracy: number) => ({ largeTokens, accuracy });

describe("chordAt", () => {
  const [small, large] = [point(0, 0.5), point(80, 0.9)];

  it("is the coin at equal cost: the real pair's .675, .725 and .604 at .27, .42 and .05 (facts S1)", () => {
    const [half, most] = [point(0, 0.587), point(78, 0.913)];
    const reached = [21, 33, 4].map((tokens) => chordAt(point(tokens, 0), half, most));
    expect(reached.map((each) => Math.round(each * 1000) / 1000)).toEqual([0.675, 0.725, 0.604]);
  });

  it("costs no more than large alone", () => {
    expect(chordAt(point(200, 0), small, large)).toBe(0.9);
    expect(coinFor(point(40, 0), small, large)).toBe(0.5);
    expect(coinFor(point(0, 0), point(0, 0.5), point(0, 0.9))).toBe(0);
  });
});

describe("chanceAt", () => {
  const rates = [point(10, 0.5), point(30, 0.6), point(50, 0.56), point(80, 0.9)].map((each) => ({
    point: each,
    weight: 1,
  }));

  it("is the isotonic curve at equal cost, level outside", () => {
    expect(chanceAt(point(20, 0), rates)).toBeCloseTo(0.54, 12);
    expect(chanceAt(point(40, 0), rates)).toBeCloseTo(0.58, 12);
    expect(chanceAt(point(65, 0), rates)).toBeCloseTo(0.74, 12);
    expect([chanceAt(point(5, 0), rates), chanceAt(point(99, 0), rates)]).toEqual([0.5, 0.9]);
  });
});

describe("saysOf", () => {
  it.each([
    [0.01, 0.2, "gains"],
    [0.01, 0.04, "gains, less than d"],
    [-0.02, 0.04, "no gain worth d"],
    [-0.3, -0.1, "no gain worth d"],
    [-0.02, 0.2, "undecided"],
    [0, 0.05, "undecided"],
  ])("[%f, %f] with d = .05: %s", (lo, hi, says) => {
    expect(saysOf(lo, hi, 0.05)).toBe(says);
  });
});

describe("problemsToSettle", () => {
  it("is what would show it in 80 % of the cases: half-widths shrink with the root", () => {
    // 0.04 [-0.02, 0.10]: (0.06 / 0.04)^2 x 2.0428 x 100 = 459.6 in all.
    expect(problemsToSettle({ value: 0.04, lo: -0.02, hi: 0.1 }, 0.02, 100)).toBe(360);
  });

  it("is never more than what makes the interval narrower than d", () => {
    expect(problemsToSettle({ value: 0.025, lo: -0.075, hi: 0.125 }, 0.05, 100)).toBe(1500);
    expect(problemsToSettle({ value: 0, lo: -0.1, hi: 0.1 }, 0.05, 100)).toBe(720);
  });
});

const arm = (name: string, scores: readonly number[], tokens: number): ArmFigures => ({
  arm: name,
  scores,
  largeTokens: scores.map(() => tokens),
});

describe("verdictOf", () => {
  const n = 60;
  const clusterOf = Array.from({ length: n }, (_, index) => `${index}`);
  const rightFirst = (share: number) => clusterOf.map((_, index) => (index < share * n ? 1 : 0));
  const input = {
    clusterOf,
    primary: arm("routed", rightFirst(0.9), 20),
    small: arm("small", rightFirst(0.5), 0),
    large: arm("large", rightFirst(0.9), 80),
    random: [arm("random:0.3", rightFirst(0.6), 25)],
    margin: 0.05,
    seed: 3,
    draws: 1000,
  };

  it("takes the better null, and each null's interval", () => {
    const verdict = verdictOf(input);
    expect(verdict).toMatchObject({ says: "gains", null: "chord", accuracy: 0.9, more: null });
    expect(verdict.difference).toBeCloseTo(0.9 - 0.6, 12);
    expect(verdict.random?.value).toBeCloseTo(0.6, 12);
    expect(verdict.lo).toBeGreaterThan(0.1);
    expect(verdict.hi).toBeLessThan(0.5);
    expect(verdict.words).toMatch(
      /^Gains: \+30\.0 points \[\+\d+\.\d, \+\d+\.\d\] more right answers/,
    );
  });

  it("does not say 'gains' because one null is beaten", () => {
    const strong = arm("random:0.3", rightFirst(0.9), 20);
    const verdict = verdictOf({ ...input, random: [strong] });
    expect(verdict).toMatchObject({ null: "random", difference: 0 });
    expect(verdict.lo).toBeLessThanOrEqual(0);
  });

  it("is not sure of what it has never seen differ: 60 problems leave 6 points open", () => {
    const same = rightFirst(0.5);
    const verdict = verdictOf({
      ...input,
      primary: arm("routed", same, 20),
      large: arm("large", same, 80),
      random: [],
    });
    // 1 - 0.025^(1/60).
    expect(verdict).toMatchObject({ says: "undecided", difference: 0 });
    expect(verdict.hi).toBeCloseTo(0.0596, 4);
    expect(verdict.random).toBeNull();
  });

  it("does not gain against a worse large model: small alone is better, and costs less", () => {
    const verdict = verdictOf({
      ...input,
      primary: arm("routed", rightFirst(0.6), 40),
      small: arm("small", rightFirst(0.7), 0),
      large: arm("large", rightFirst(0.2), 80),
      random: [],
    });
    // The coin would have .45.
    expect(verdict).toMatchObject({ null: "chord", says: "no gain worth d" });
    expect(verdict.difference).toBeCloseTo(-0.1, 12);
    expect(verdict.chord?.value).toBeCloseTo(0.7, 12);
  });

  it("is undecided where all problems come from one template, whatever they say", () => {
    const verdict = verdictOf({ ...input, clusterOf: clusterOf.map(() => "one") });
    expect(verdict).toMatchObject({ says: "undecided", lo: -1, hi: 1 });
    expect(verdict.chord).toMatchObject({ lo: 0, hi: 1 });
  });

  it("counts clusters, not problems: six copies of each problem say no more", () => {
    const copies = <T>(items: readonly T[]) =>
      items.flatMap((item) => [item, item, item, item, item, item]);
    const sixfold = (each: ArmFigures): ArmFigures => ({
      arm: each.arm,
      scores: copies(each.scores),
      largeTokens: copies(each.largeTokens),
    });
    const verdict = verdictOf({
      ...input,
      clusterOf: copies(clusterOf),
      primary: sixfold(input.primary),
      small: sixfold(input.small),
      large: sixfold(input.large),
      random: input.random.map(sixfold),
    });
    const once = verdictOf(input);
    expect([verdict.lo, verdict.hi]).toEqual([
      expect.closeTo(once.lo, 10),
      expect.closeTo(once.hi, 10),
    ]);
  });
});
