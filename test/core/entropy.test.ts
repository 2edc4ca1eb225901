import { describe, expect, it } from "vitest";
import { entropy, entropyCeiling, margin, normalizedEntropy } from "../../src/core/entropy.js";
import { tokenDistribution } from "../../src/core/token-distribution.js";

const { log } = Math;

/** A distribution over candidates of the given probabilities, whatever they add up to. */
function over(...shares: readonly number[]) {
  const top = shares.map((share, rank) => ({ token: `t${rank}`, logprob: log(share) }));
  return tokenDistribution(top, Math.max(2, top.length));
}

describe("entropy", () => {
  it("is Shannon's, in nats", () => {
    expect(entropy(over(0.5, 0.5))).toBeCloseTo(Math.LN2, 12);
    expect(entropy(over(0.7, 0.2, 0.1))).toBeCloseTo(
      -(0.7 * log(0.7) + 0.2 * log(0.2) + 0.1 * log(0.1)),
      12,
    );
  });

  it("is renormalised over the candidates that are kept: the tail does not count", () => {
    expect(entropy(over(0.35, 0.1, 0.05))).toBeCloseTo(entropy(over(0.7, 0.2, 0.1)), 12);
  });

  it("is at most ln k, which k equal candidates have", () => {
    const twenty = Array.from({ length: 20 }, () => 0.001);
    expect(entropy(over(...twenty))).toBeCloseTo(entropyCeiling(20), 12);
    expect(entropyCeiling(20)).toBeCloseTo(2.9957, 4);
  });

  it("is 0, not -0, for one candidate and for a certain one", () => {
    expect(Object.is(entropy(over(0.3)), 0)).toBe(true);
    expect(Object.is(entropy([{ token: "a", probability: 1 }]), 0)).toBe(true);
    expect(entropy(over(1, 1e-300))).toBeLessThan(1e-290);
  });

  it("counts a candidate without probability as nothing", () => {
    const impossible = { token: "never", probability: 0 };
    expect(entropy([...over(0.5, 0.5), impossible])).toBeCloseTo(Math.LN2, 12);
  });
});

describe("normalizedEntropy", () => {
  it("is the share of the ceiling, comparable between different k", () => {
    expect(normalizedEntropy(over(0.25, 0.25, 0.25, 0.25), 4)).toBe(1);
    expect(normalizedEntropy(over(0.5, 0.5), 4)).toBeCloseTo(0.5, 12);
    expect(normalizedEntropy(over(1), 4)).toBe(0);
  });

  it("is never above 1, whatever floating point adds", () => {
    for (let k = 2; k <= 50; k++) {
      expect(
        normalizedEntropy(over(...Array.from({ length: k }, () => 1 / k)), k),
      ).toBeLessThanOrEqual(1);
    }
  });
});

describe("margin", () => {
  it("is how far the likeliest candidate is ahead", () => {
    expect(margin(over(0.2, 0.7, 0.1))).toBeCloseTo(0.5, 12);
    expect(margin(over(0.5, 0.5))).toBeCloseTo(0, 12);
    expect(margin(over(0.3))).toBe(1);
  });
});
