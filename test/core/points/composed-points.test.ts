import { describe, expect, it } from "vitest";
import { anyOf } from "../../../src/core/points/any-of.js";
import { blend } from "../../../src/core/points/blend.js";
import { digits } from "../../../src/core/points/digits.js";
import { everyToken } from "../../../src/core/points/every-token.js";
import { firstTokens } from "../../../src/core/points/first-tokens.js";
import type { GlimpsePoint } from "../../../src/core/points/glimpse-point.js";
import { openers } from "../../../src/core/points/openers.js";
import { skipMarkup } from "../../../src/core/points/skip-markup.js";
import { span } from "../../../src/core/points/span.js";
import { stepEnd } from "../../../src/core/points/step-end.js";
import { stepStart } from "../../../src/core/points/step-start.js";
import { always } from "../../../src/core/policies/always.js";
import { entropyOf, readStep, tokensOf } from "./read-steps.js";

const equals = span({ after: "=", of: "number" });
const STEP = tokensOf([
  ["So", 0.5],
  [" x", 0.1],
  " =",
  [" 1", 0.3],
  ["2", 0.2],
  " =",
  [" 7", 0.4],
  ".",
]);

describe("anyOf", () => {
  it("asks what its parts ask, under their names, with occasions of their own", () => {
    const { asks, out } = readStep(anyOf(stepStart(), equals), STEP);
    expect(asks).toEqual([
      { point: "stepStart", occasion: 0, value: entropyOf(0.5), cut: 0, final: true, token: 0 },
      {
        point: "span:=:number",
        occasion: 1,
        value: entropyOf(0.3),
        cut: 6,
        final: false,
        token: 3,
      },
      { point: "span:=:number", occasion: 1, value: entropyOf(0.3), cut: 6, final: true, token: 5 },
      {
        point: "span:=:number",
        occasion: 3,
        value: entropyOf(0.4),
        cut: 11,
        final: false,
        token: 6,
      },
      {
        point: "span:=:number",
        occasion: 3,
        value: entropyOf(0.4),
        cut: 11,
        final: true,
        token: 8,
      },
    ]);
    expect(out).toEqual([2, 4, 6, 6, 6, 11, 11, 11]);
  });

  it("holds back as long as any part's decision is open, also of a point that does not say so", () => {
    expect(readStep(anyOf(stepStart(), digits()), STEP).out).toEqual(STEP.map(() => 0));
    const silent: GlimpsePoint = { ...firstTokens(2), name: "mine" };
    delete (silent as { holdsFrom?: unknown }).holdsFrom;
    expect(readStep(anyOf(stepStart(), silent), STEP).out).toEqual(
      readStep(firstTokens(2), STEP).out,
    );
  });

  it("hands over a part's own policy, and its turn", () => {
    const policy = always("large");
    const point = anyOf({ point: everyToken({ turn: 3 }), policy }, stepStart());
    const asks = readStep(point, tokensOf(["So"])).asks;
    expect(asks).toMatchObject([
      { point: "everyToken:turn=3", policy, policyOf: "everyToken:turn=3", turn: 3 },
      { point: "stepStart" },
    ]);
    expect(asks[1]).not.toHaveProperty("policy");
    expect(point.name).toBe("anyOf(everyToken:turn=3@policy,stepStart)");
  });

  it("keeps the occasions apart in one that holds another", () => {
    const inner = anyOf(stepStart(), equals);
    const { asks } = readStep(anyOf(inner, digits()), STEP);
    const seen = new Map<number, string | undefined>();
    for (const { occasion, point } of asks) {
      expect(seen.get(occasion) ?? point).toBe(point);
      seen.set(occasion, point);
    }
    expect(new Set(seen.values())).toEqual(new Set(["stepStart", "span:=:number", "digits"]));
  });

  it("compares bare parts with one threshold only where they have one unit", () => {
    expect(() => anyOf(stepStart(), openers(["Wait"]))).toThrow(
      "anyOf cannot compare stepStart (nats), openers:Wait (1) with one threshold: their units differ. Give those of another unit a policy of their own: { point, policy }.",
    );
    const point = anyOf(stepStart(), { point: openers(["Wait"]), policy: always("large") });
    expect([point.unit, point.range(20)]).toEqual(["nats", [0, Math.log(20)]]);
    expect(point.cutsInside).toBe(false);
    expect(anyOf(stepStart(), equals).cutsInside).toBe(true);
  });

  it("refuses one point twice: policies remember by name", () => {
    expect(() => anyOf(digits(), digits())).toThrow(/has the point "digits" twice/);
  });
});

describe("blend", () => {
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));

  it("asks as soon as every feature has said its last", () => {
    const point = blend({
      features: [stepStart(), firstTokens(3), openers(["So"])],
      coefficients: [1, -2, 0.5],
      intercept: 0.25,
    });
    const means = (entropyOf(0.5) + entropyOf(0.1) + entropyOf(0)) / 3;
    const value = logistic(0.25 + entropyOf(0.5) - 2 * means + 0.5);
    const { asks, out } = readStep(point, STEP);
    expect(asks).toEqual([
      { occasion: 0, value: expect.closeTo(value, 12), cut: 0, final: true, token: 2 },
    ]);
    expect(out).toEqual([0, 0, 6, 8, 9, 11, 13, 14]);
  });

  it("takes the highest value of a feature that asks often, and decides at the step's end", () => {
    const point = blend({
      features: [equals, stepEnd("meanEntropy")],
      coefficients: [2, 0],
      intercept: -1,
    });
    const { asks } = readStep(point, STEP);
    expect(asks).toEqual([
      {
        occasion: 0,
        value: expect.closeTo(logistic(2 * entropyOf(0.4) - 1), 12),
        cut: 0,
        final: true,
        token: 8,
      },
    ]);
    expect(point.cutsInside).toBe(false);
  });

  it("counts a feature that does not ask as 0", () => {
    const point = blend({ features: [digits()], coefficients: [3], intercept: 0.5 });
    expect(readStep(point, tokensOf(["So", " what"])).asks).toMatchObject([
      { value: logistic(0.5) },
    ]);
  });

  it("can be made of points that are made of others", () => {
    const point = blend({ features: [skipMarkup(stepStart())], coefficients: [1] });
    expect(readStep(point, tokensOf(["- ", ["So", 0.5]])).asks).toMatchObject([
      { value: logistic(entropyOf(0.5)), token: 1 },
    ]);
  });
});
