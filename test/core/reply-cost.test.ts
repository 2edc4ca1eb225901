import { describe, expect, expectTypeOf, it } from "vitest";
import { type Prices, replyCost, tokenCost } from "../../src/core/reply-cost.js";
import type { Prices as EvalPrices } from "../../src/eval/records/run-file.js";

const PRICES: Prices = {
  small: { input: 0.1, output: 0.4 },
  large: { input: 2, cachedInput: 0.5, output: 8 },
};

const tokens = (
  input_tokens: number,
  output_tokens: number,
  cached_tokens: number | null = null,
) => ({
  input_tokens,
  cached_tokens,
  output_tokens,
});

describe("what tokens cost", () => {
  it("input and output each at their price for a million", () => {
    expect(tokenCost(tokens(3_000_000, 500_000), PRICES.small)).toBeCloseTo(0.5, 12);
  });

  it("what came from a cache at its own price", () => {
    // 600 at 2, 400 at 0.5, 100 at 8.
    expect(tokenCost(tokens(1000, 100, 400), PRICES.large)).toBeCloseTo(0.0022, 12);
  });

  it("at the price of all input where it has none, and where nobody told of a cache", () => {
    expect(tokenCost(tokens(1000, 0, 400), PRICES.small)).toBeCloseTo(0.0001, 12);
    expect(tokenCost(tokens(1000, 0, null), PRICES.large)).toBeCloseTo(0.002, 12);
  });

  it("cached input may be free", () => {
    expect(tokenCost(tokens(1000, 0, 1000), { ...PRICES.large, cachedInput: 0 })).toBe(0);
  });
});

describe("what a reply costs", () => {
  const usage = { small: tokens(1000, 200), large: tokens(500, 50, 100) };
  // 100 + 80, and 800 + 50 + 400, each for a million.
  const both = 0.00018 + 0.00125;

  it("both models' tokens, each at its price", () => {
    expect(replyCost(usage, PRICES)).toBeCloseTo(both, 12);
  });

  it("and what was asked beside the thought, at the price of who was asked", () => {
    const byLarge = { ...tokens(1000, 10), role: "large" } as const;
    const bySmall = { ...tokens(1000, 10), role: "small" } as const;
    expect(replyCost({ ...usage, verify: byLarge }, PRICES)).toBeCloseTo(both + 0.00208, 12);
    expect(replyCost({ ...usage, verify: bySmall }, PRICES)).toBeCloseTo(both + 0.000104, 12);
    expect(replyCost({ ...usage, verify: byLarge, watch: bySmall }, PRICES)).toBeCloseTo(
      both + 0.00208 + 0.000104,
      12,
    );
  });

  it("its prices are those of an evaluation", () => {
    expectTypeOf<EvalPrices>().toExtend<Prices>();
    expectTypeOf<Prices>().toExtend<EvalPrices>();
  });
});
