import { describe, expect, it } from "vitest";
import type { Prices } from "../../src/core/reply-cost.js";
import {
  affordable,
  affordableAnswer,
  type Spending,
  type SpendingLimit,
  spendingLimits,
} from "../../src/core/spending-limit.js";

const PRICES: Prices = { small: { input: 1, output: 4 }, large: { input: 10, output: 40 } };
const paid = (input_tokens: number, output_tokens: number) => ({
  input_tokens,
  cached_tokens: null,
  output_tokens,
});

/** 600 tokens are spent; the answer would read 100 more. */
const SPENDING: Spending = {
  usage: { small: paid(200, 100), large: paid(250, 50) },
  answer: { role: "large", input: 100 },
  maxAnswerTokens: 50,
};

function only(limits: Parameters<typeof spendingLimits>[0]): SpendingLimit {
  const [limit, ...others] = spendingLimits(limits);
  if (limit === undefined || others.length > 0) throw new Error("not one limit");
  return limit;
}

describe("a limit in tokens", () => {
  const limit = only({ maxTotalTokens: 1000 });

  it("leaves what is not spent, read by the writer, or kept for the answer; each token twice", () => {
    // 1000 - 600 spent - 120 to read - 100 that the answer reads - 50 of the answer; and the answer reads what is written.
    expect(affordable(limit, SPENDING, { role: "small", reads: 120 })).toBe(65);
  });

  it("each token once where no answer follows", () => {
    const alone = { ...SPENDING, answer: null };
    expect(affordable(limit, alone, { role: "small", reads: 120 })).toBe(280);
  });

  it("keeps at most a quarter of itself for the answer", () => {
    const long = { ...SPENDING, maxAnswerTokens: 2048 };
    expect(affordable(limit, long, { role: "small", reads: 20 })).toBe((1000 - 720 - 250) / 2);
  });

  it("is negative where not even the answer fits", () => {
    expect(affordable(limit, SPENDING, { role: "large", reads: 300 })).toBeLessThan(0);
  });

  it("leaves the answer what it has not read or spent", () => {
    expect(affordableAnswer(limit, SPENDING)).toBe(300);
  });

  it("counts what was asked beside the thought", () => {
    const usage = { ...SPENDING.usage, verify: { ...paid(99, 1), role: "large" as const } };
    expect(affordableAnswer(limit, { ...SPENDING, usage })).toBe(200);
  });
});

describe("a limit in money", () => {
  const limit = only({ maxCost: 0.02, prices: PRICES });

  it("has every token at its price", () => {
    // Spent: 200 + 400 + 2,500 + 2,000; to be read: 1,000 by small, 1,000 by the answer, which has 50 at 40.
    // A token by small is 4, and 10 more where large reads it.
    const left = 20_000 - 5100 - 1000 - 1000 - 2000;
    expect(affordable(limit, SPENDING, { role: "small", reads: 1000 })).toBe(Math.floor(left / 14));
    const dear = 20_000 - 5100 - 1000 - 1000 - 2000;
    expect(affordable(limit, SPENDING, { role: "large", reads: 100 })).toBe(Math.floor(dear / 50));
    expect(affordableAnswer(limit, SPENDING)).toBe(Math.floor((20_000 - 5100 - 1000) / 40));
  });

  it("does not end what is free", () => {
    const free = { input: 0, output: 0 };
    const gratis = only({ maxCost: 0.02, prices: { small: free, large: free } });
    expect(affordable(gratis, SPENDING, { role: "small", reads: 1e9 })).toBe(Infinity);
    expect(affordableAnswer(gratis, SPENDING)).toBe(Infinity);
  });

  it("ends a free model where the other one has spent all", () => {
    const prices = { ...PRICES, small: { input: 0, output: 0 } };
    const alone = { ...SPENDING, answer: null };
    const spent = only({ maxCost: 0.004, prices });
    expect(affordable(spent, alone, { role: "small", reads: 0 })).toBeLessThan(0);
  });
});

describe("limits", () => {
  it("are none, one or both; one in money needs prices", () => {
    const reasons = (limits: Parameters<typeof spendingLimits>[0]) =>
      spendingLimits(limits).map(({ reason }) => reason);
    expect(reasons({})).toEqual([]);
    expect(reasons({ prices: PRICES, maxCost: 1 })).toEqual(["cost"]);
    expect(reasons({ prices: PRICES, maxCost: 1, maxTotalTokens: 1 })).toEqual(["tokens", "cost"]);
    expect(reasons({ maxCost: 1 })).toEqual([]);
  });
});
