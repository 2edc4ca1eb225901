import { describe, expect, it } from "vitest";
import {
  averageRecovered,
  costToRecover,
  recoveredAt,
  recoveredCurve,
} from "../../../src/eval/summary/quality-curve.js";
import { recoveredGap } from "../../../src/eval/summary/recovered-gap.js";

const point = (largeTokens: number, accuracy: number) => ({ largeTokens, accuracy });
const [SMALL, LARGE] = [point(0, 0.5), point(80, 0.9)];

describe("recoveredCurve", () => {
  const curve = recoveredCurve([point(20, 0.8), point(40, 0.78)], SMALL, LARGE);

  it("has shares of cost and of the gap, both rising, ends included", () => {
    expect(curve).toEqual([
      { cost: 0, recovered: 0 },
      { cost: 0.25, recovered: expect.closeTo(0.725, 12) },
      { cost: 0.5, recovered: expect.closeTo(0.725, 12) },
      { cost: 1, recovered: 1 },
    ]);
  });

  it("is averaged over cost: half for a coin per question, whatever the gap", () => {
    // .25 x .725/2 + .25 x .725 + .5 x (.725 + 1)/2.
    expect(averageRecovered(curve)).toBeCloseTo(0.703125, 12);
    expect(averageRecovered(recoveredCurve([], SMALL, LARGE))).toBe(0.5);
    expect(averageRecovered(recoveredCurve([point(8, 0.54)], SMALL, LARGE))).toBeCloseTo(0.5, 12);
  });

  it("does not count what lies beyond large alone's cost", () => {
    const dear = recoveredCurve([point(160, 0.9)], SMALL, LARGE);
    expect(averageRecovered(dear)).toBe(0.5);
  });

  it("tells at which cost a share is reached", () => {
    expect(costToRecover(curve, 0.5)).toBeCloseTo((0.25 * 0.5) / 0.725, 12);
    expect(costToRecover(curve, 0.8)).toBeCloseTo(0.5 + (0.5 * 0.075) / 0.275, 12);
    expect(costToRecover(curve, 1.1)).toBeNull();
    expect(recoveredAt(curve, 0.3)).toBeCloseTo(0.725, 12);
  });
});

describe("recoveredGap", () => {
  const n = 200;
  const clusterOf = Array.from({ length: n }, (_, index) => `${index}`);
  const arm = (name: string, share: number, tokens: number) => ({
    arm: name,
    scores: clusterOf.map((_, index) => (index < share * n ? 1 : 0)),
    largeTokens: clusterOf.map(() => tokens),
  });
  const input = {
    clusterOf,
    primary: arm("routed", 0.8, 20),
    small: arm("small", 0.5, 0),
    large: arm("large", 0.9, 80),
    routed: [arm("routed", 0.8, 20)],
    random: [arm("random:0.3", 0.6, 20)],
  };
  const how = { alpha: 0.05, seed: 2, draws: 500 };

  it("tells the gap, the share that is closed, its average and its price, beside chance's", () => {
    const gap = recoveredGap(input, how);
    expect(gap.gap.value).toBeCloseTo(0.4, 12);
    expect(gap.recovered?.value).toBeCloseTo(0.75, 12);
    expect(gap.recovered?.lo).toBeGreaterThan(0.6);
    expect(gap.recovered?.hi).toBeLessThan(0.87);
    // .25 x .75/2 + .75 x (.75 + 1)/2; .25 x .25/2 + .75 x (.25 + 1)/2.
    expect(gap.average?.routed.value).toBeCloseTo(0.75, 12);
    expect(gap.average?.chance?.value).toBeCloseTo(0.5, 12);
    expect(gap.reached.map(({ share, routed }) => [share, routed.cost])).toEqual([
      [0.5, expect.closeTo(1 / 6, 12)],
      [0.8, expect.closeTo(0.4, 12)],
    ]);
    expect(gap.reached[0]?.chance?.cost).toBeCloseTo(0.5, 12);
    expect(gap.reached[0]?.routed.lo).toBeLessThan(1 / 6);
    expect(gap.reached[0]?.routed.hi).toBeGreaterThan(1 / 6);
  });

  it("tells no shares of a gap that may be none", () => {
    const gap = recoveredGap({ ...input, large: arm("large", 0.51, 80) }, how);
    expect(gap).toMatchObject({ recovered: null, average: null, reached: [] });
    expect(gap.gap.value).toBeCloseTo(0.01, 12);
  });

  it("tells no shares of one cluster alone", () => {
    const gap = recoveredGap({ ...input, clusterOf: clusterOf.map(() => "one") }, how);
    expect(gap).toEqual({
      gap: { value: expect.closeTo(0.4, 12), lo: -1, hi: 1 },
      recovered: null,
      average: null,
      reached: [],
    });
  });

  it("leaves out draws without a gap: the shares stay numbers", () => {
    const few = clusterOf.slice(0, 12);
    const cut = <
      T extends { readonly scores: readonly number[]; readonly largeTokens: readonly number[] },
    >(
      each: T,
    ) => ({
      ...each,
      // Every seventeenth: 6 of the 12 are right by small, 11 by large.
      scores: few.map((_, index) => each.scores[index * 17] ?? 0),
      largeTokens: each.largeTokens.slice(0, 12),
    });
    const gap = recoveredGap(
      {
        clusterOf: few,
        primary: cut(input.primary),
        small: cut(input.small),
        large: cut(input.large),
        routed: input.routed.map(cut),
        random: [],
      },
      how,
    );
    expect(gap.gap.lo).toBeGreaterThan(0);
    expect(Number.isFinite(gap.recovered?.lo) && Number.isFinite(gap.recovered?.hi)).toBe(true);
    expect(Number.isFinite(gap.average?.routed.lo)).toBe(true);
  });

  it("tells nothing of chance where it was not run", () => {
    const gap = recoveredGap({ ...input, random: [] }, how);
    expect(gap.average?.chance).toBeNull();
    expect(gap.reached[1]?.chance).toBeNull();
  });
});
