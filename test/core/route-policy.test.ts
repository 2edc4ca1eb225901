import { describe, expect, it } from "vitest";
import {
  always,
  and,
  entropyAbove,
  type Glimpse,
  not,
  or,
  type Route,
  type RouteContext,
  random,
} from "../../src/core/route-policy.js";

function glimpse(entropy: number): Glimpse {
  return {
    point: "stepStart",
    value: entropy,
    occasion: 0,
    entropies: [entropy],
    token: "So",
    entropy,
    normalizedEntropy: entropy / 3,
    margin: 0.5,
    candidates: [],
  };
}

function context(step: number, thought = ""): RouteContext {
  return { step, thought, thoughtTokens: 0, routes: [], handoffs: 0 };
}

const FIRST = context(1);
const ROUTES: readonly Route[] = ["small", "large"];

describe("entropyAbove", () => {
  it("is the paper's rule: strictly above", () => {
    expect(entropyAbove(1)(glimpse(1), FIRST)).toBe("small");
    expect(entropyAbove(1)(glimpse(1 + 1e-9), FIRST)).toBe("large");
    expect(entropyAbove(0)(glimpse(0), FIRST)).toBe("small");
  });
});

describe("always", () => {
  it.each(ROUTES)("is %s for every step", (route) => {
    expect(always(route)(glimpse(0), FIRST)).toBe(route);
    expect(always(route)(glimpse(3), FIRST)).toBe(route);
  });
});

describe("random", () => {
  /** Share of large over many thoughts that differ in one digit. */
  function share(rate: number, seed: number): number {
    const policy = random(rate, seed);
    const routes = Array.from({ length: 4000 }, (_, step) =>
      policy(glimpse(1), context(step, `Step ${step % 7}.\n\n`)),
    );
    return routes.filter((route) => route === "large").length / routes.length;
  }

  it.each([0.1, 0.25, 0.5, 0.9])("sends about %d of the steps to large", (rate) => {
    // Four standard deviations of 4000 draws.
    const slack = 4 * Math.sqrt((rate * (1 - rate)) / 4000);
    for (const seed of [0, 1, 2]) {
      expect(Math.abs(share(rate, seed) - rate)).toBeLessThan(slack);
    }
  });

  it("sends none at rate 0 and all at rate 1", () => {
    expect(share(0, 1)).toBe(0);
    expect(share(1, 1)).toBe(1);
  });

  it("draws the same again for the same seed and thought, whatever the glimpse", () => {
    const draws = (seed: number, entropy: number) =>
      Array.from({ length: 50 }, (_, step) =>
        random(0.5, seed)(glimpse(entropy), context(step, "So.\n\n")),
      );
    expect(draws(7, 0)).toEqual(draws(7, 3));
    expect(draws(7, 0)).not.toEqual(draws(8, 0));
    expect(random(0.5)(glimpse(1), FIRST)).toBe(random(0.5, 0)(glimpse(1), FIRST));
  });

  it("draws anew for another thought", () => {
    const routes = Array.from({ length: 50 }, (_, index) =>
      random(0.5, 1)(glimpse(1), context(3, `thought ${index}`)),
    );
    expect(new Set(routes).size).toBe(2);
  });
});

describe("combinators", () => {
  it.each([
    ["small", "small", "small", "small"],
    ["small", "large", "small", "large"],
    ["large", "small", "small", "large"],
    ["large", "large", "large", "large"],
  ] as const)("%s, %s: and is %s, or is %s", (a, b, both, either) => {
    expect(and(always(a), always(b))(glimpse(1), FIRST)).toBe(both);
    expect(or(always(a), always(b))(glimpse(1), FIRST)).toBe(either);
  });

  it.each(ROUTES)("not turns %s around", (route) => {
    expect(not(always(route))(glimpse(1), FIRST)).not.toBe(route);
    expect(not(not(always(route)))(glimpse(1), FIRST)).toBe(route);
  });

  it("hand glimpse and context on, and nest", () => {
    const late = (_glimpse: Glimpse, { step }: RouteContext): Route =>
      step > 3 ? "large" : "small";
    const policy = and(entropyAbove(1), not(late));
    expect(policy(glimpse(2), context(3))).toBe("large");
    expect(policy(glimpse(2), context(4))).toBe("small");
    expect(policy(glimpse(1), context(3))).toBe("small");
  });
});
