import { describe, expect, it } from "vitest";
import { everyToken } from "../../../src/core/points/every-token.js";
import { window } from "../../../src/core/points/window.js";
import { distributionOf, entropyOf, K, readStep, readSteps, tokensOf } from "./read-steps.js";

const STEP = tokensOf(
  [
    ["So", 0.5],
    [" it", 0.1],
    [" is", 0.8],
    ["\n\n", 0.2],
  ],
  { lead: 2 },
);

describe("everyToken", () => {
  it("asks at every token, cuts in front of it, at the first one at the step's start, and holds nothing", () => {
    const { asks, out } = readStep(everyToken(), STEP);
    expect(asks).toEqual([
      { occasion: 0, value: entropyOf(0.5), cut: 0, final: true, token: 0 },
      { occasion: 1, value: entropyOf(0.1), cut: 4, final: true, token: 1 },
      { occasion: 2, value: entropyOf(0.8), cut: 7, final: true, token: 2 },
      { occasion: 3, value: entropyOf(0.2), cut: 10, final: true, token: 3 },
    ]);
    expect(out).toEqual([4, 7, 10, 12]);
  });

  it("says how many tokens large writes", () => {
    expect(readStep(everyToken({ turn: 16 }), STEP).asks[0]).toMatchObject({ turn: 16 });
    expect(readStep(everyToken({ turn: "step" }), STEP).asks[0]).not.toHaveProperty("turn");
  });

  it("leaves small in peace for the cooldown's tokens behind a turn of large, across steps", () => {
    const point = everyToken({ cooldown: 3 });
    const step = (sinceLarge: number) => tokensOf(["a", "b", "c", "d"], { sinceLarge });
    const [first, second] = readSteps(point, [step(0), step(4)]);
    expect(first?.asks.map(({ token, occasion }) => [token, occasion])).toEqual([[3, 0]]);
    expect(second?.asks).toHaveLength(4);
    const [short, next] = readSteps(point, [tokensOf(["a", "b"], { sinceLarge: 0 }), step(2)]);
    expect([short?.asks.length, next?.asks.length]).toEqual([0, 3]);
  });

  it("wants no distribution while it rests", () => {
    const point = everyToken({ cooldown: 3 });
    let state = point.start(null);
    const wanted = tokensOf(["a", "b", "c", "d", "e"], { sinceLarge: 0 }).map((token) => {
      state = point.read(state, token).state;
      return point.wants(state);
    });
    expect(wanted).toEqual([false, false, true, true, true]);
  });
});

/** Mean log-probability of the k candidates. */
function logprobOf(doubt: number): number {
  const sum = distributionOf(doubt).reduce(
    (all, { probability }) => all + Math.log(probability),
    0,
  );
  return sum / K;
}

describe("window", () => {
  it("asks where it is full, with the mean over its tokens, and goes on over steps", () => {
    const [first, second] = readSteps(window(3), [STEP, tokensOf([["a", 0.3]])]);
    const mean = (doubts: readonly number[]) =>
      expect.closeTo(doubts.map(logprobOf).reduce((a, b) => a + b) / 3, 9);
    expect(first?.asks).toEqual([
      { occasion: 0, value: mean([0.5, 0.1, 0.8]), cut: 7, final: true, token: 2 },
      { occasion: 1, value: mean([0.1, 0.8, 0.2]), cut: 10, final: true, token: 3 },
    ]);
    expect(second?.asks).toEqual([
      { occasion: 0, value: mean([0.8, 0.2, 0.3]), cut: 0, final: true, token: 0 },
    ]);
    expect(first?.out).toEqual([4, 7, 10, 12]);
  });

  it("rises with doubt, to -ln k", () => {
    const at = (doubt: number) => readStep(window(1), tokensOf([["a", doubt]])).asks[0]?.value;
    expect(at(0.95)).toBeCloseTo(-Math.log(K), 12);
    expect(at(0.5)).toBeGreaterThan(at(0.1) ?? 0);
    expect(window(1).range(K)[1]).toBe(-Math.log(K));
    expect(at(0)).toBeGreaterThan(window(1).range(K)[0]);
  });

  it("fills anew behind a turn of large", () => {
    const step = [
      ...tokensOf(["a", "b", "c"]),
      ...tokensOf(["d", "e", "f"], { lead: 9, sinceLarge: 0 }),
    ];
    expect(readStep(window(2), step).asks.map(({ token }) => token)).toEqual([1, 2, 4, 5]);
  });

  it("rests, and wants what its first window behind the rest holds", () => {
    const point = window(2, { cooldown: 4 });
    let state = point.start(null);
    const tokens = tokensOf(["a", "b", "c", "d", "e", "f"], { sinceLarge: 0 });
    const wanted = tokens.map((token) => {
      state = point.read(state, token).state;
      return point.wants(state);
    });
    expect(wanted).toEqual([false, false, true, true, true, true]);
    expect(readStep(point, tokens).asks.map(({ token }) => token)).toEqual([4, 5]);
  });

  it("at the step's start: its highest value is one occasion, asked where it rises and at the end", () => {
    const { asks, out } = readStep(window(1, { cut: "stepStart", turn: 5 }), STEP);
    expect(
      asks.map(({ token, cut, final, turn, occasion }) => [token, cut, final, turn, occasion]),
    ).toEqual([
      [0, 0, false, 5, 0],
      [2, 0, false, 5, 0],
      [4, 0, true, 5, 0],
    ]);
    expect(out).toEqual([0, 0, 0, 0]);
  });
});
