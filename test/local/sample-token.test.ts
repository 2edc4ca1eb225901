import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawAt, sampleToken, seedAt } from "../../src/local/sample-token.js";

const CANDIDATES = [
  { token: 7, logit: 2 },
  { token: 3, logit: 1 },
  { token: 9, logit: 0 },
];
const WHOLE = { temperature: 1, topP: 1, topK: 0 };

describe("sampleToken", () => {
  it("takes the likeliest at temperature 0, whatever the draw", () => {
    expect(sampleToken(CANDIDATES, { ...WHOLE, temperature: 0 }, 0.999)).toBe(7);
  });

  it("gives every candidate its share of the draws", () => {
    // exp(2) : exp(1) : exp(0) = .665 : .245 : .090
    expect(
      [0, 0.664, 0.667, 0.909, 0.911, 0.9999].map((draw) => sampleToken(CANDIDATES, WHOLE, draw)),
    ).toEqual([7, 7, 3, 3, 9, 9]);
  });

  it("cuts to the likeliest k, then to the nucleus, then applies the temperature", () => {
    expect(sampleToken(CANDIDATES, { ...WHOLE, topK: 2 }, 0.9999)).toBe(3);
    expect(sampleToken(CANDIDATES, { ...WHOLE, topP: 0.6 }, 0.9999)).toBe(7);
    expect(sampleToken(CANDIDATES, { ...WHOLE, topP: 0.7 }, 0.9999)).toBe(3);
    // At this temperature all are alike, and still the nucleus is that of the model's own probabilities.
    expect(sampleToken(CANDIDATES, { ...WHOLE, topP: 0.6, temperature: 1000 }, 0.9999)).toBe(7);
    expect(sampleToken(CANDIDATES, { ...WHOLE, temperature: 1000 }, 0.34)).toBe(3);
  });

  it("always gives one of the candidates that the cuts leave", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat({ max: 5 }),
        (logits, draw, topP, topK) => {
          const candidates = [...logits]
            .sort((a, b) => b - a)
            .map((logit, token) => ({ token, logit }));
          const token = sampleToken(candidates, { temperature: 0.8, topP, topK }, draw);
          expect(token).toBeGreaterThanOrEqual(0);
          expect(token).toBeLessThan(topK === 0 ? candidates.length : topK);
        },
      ),
    );
  });
});

describe("drawAt", () => {
  it("is the same for the same seed and position, and another for another", () => {
    expect(drawAt(5, 10)).toBe(drawAt(5, 10));
    const draws = new Set(Array.from({ length: 1000 }, (_, position) => drawAt(5, position)));
    expect(draws.size).toBe(1000);
    expect(seedAt(5, 0)).not.toBe(seedAt(6, 0));
  });

  it("spreads over 0 to 1, 1 excluded", () => {
    const draws = Array.from({ length: 10_000 }, (_, position) => drawAt(42, position));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  });
});
