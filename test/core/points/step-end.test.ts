import { describe, expect, it } from "vitest";
import { stepEnd } from "../../../src/core/points/step-end.js";
import { quantile, rise } from "../../../src/core/points/step-statistic.js";
import { RouteError } from "../../../src/core/route-error.js";
import { entropyOf, K, readStep, readSteps, tokensOf } from "./read-steps.js";

const STEP = tokensOf([
  ["So", 0.5],
  [" it", 0.1],
  [" is", 0.8],
  ["\n\n", 0.2],
]);
const ENTROPIES = [0.5, 0.1, 0.8, 0.2].map(entropyOf);
const SURPRISALS = [0.5, 0.1, 0.8, 0.2].map((doubt) => -Math.log(1 - doubt));

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("stepEnd", () => {
  it.each([
    ["meanEntropy", "meanEntropy", "nats", mean(ENTROPIES)],
    ["perplexity", "perplexity", "1", Math.exp(mean(SURPRISALS))],
    ["quantile(1)", quantile(1), "nats", -Math.log(0.2)],
    ["quantile(0.5)", quantile(0.5), "nats", -(Math.log(0.5) + Math.log(0.8)) / 2],
    ["quantile(0)", quantile(0), "nats", -Math.log(0.9)],
  ] as const)(
    "%s asks once, at the step's end, and holds back all of it",
    (_name, statistic, unit, value) => {
      const point = stepEnd(statistic);
      expect(point.unit).toBe(unit);
      const { asks, out } = readStep(point, STEP);
      expect(asks).toEqual([
        { occasion: 0, value: expect.closeTo(value, 9), cut: 0, final: true, token: 4 },
      ]);
      expect(out).toEqual([0, 0, 0, 0]);
    },
  );

  it("maxEntropy asks at each token that raises it, and once more at the end", () => {
    const { asks } = readStep(stepEnd("maxEntropy"), STEP);
    expect(asks.map(({ value, token, final }) => [value, token, final])).toEqual([
      [ENTROPIES[0], 0, false],
      [ENTROPIES[2], 2, false],
      [ENTROPIES[2], 4, true],
    ]);
  });

  it("rise compares a step with small's thought before it; the first has nothing to be compared with", () => {
    const [first, second, third] = readSteps(stepEnd(rise()), [
      tokensOf([
        ["a", 0.1],
        ["b", 0.1],
      ]),
      tokensOf([["c", 0.5]]),
      tokensOf([
        ["d", 0.1],
        ["e", 0.1],
      ]),
    ]);
    expect(first?.asks).toEqual([]);
    expect(second?.asks[0]?.value).toBeCloseTo(entropyOf(0.5) - entropyOf(0.1), 12);
    const before = (2 * entropyOf(0.1) + entropyOf(0.5)) / 3;
    expect(third?.asks[0]?.value).toBeCloseTo(entropyOf(0.1) - before, 12);
  });

  it.each(["perplexity", quantile(0.9)] as const)(
    "%j: never a silent 0 where no token's probability is told",
    (statistic) => {
      const untold = STEP.map((token) => ({ ...token, logprob: null }));
      const read = () => readStep(stepEnd(statistic), untold);
      expect(read).toThrow(RouteError);
      expect(read).toThrow(/none of 4 came with one\. Use "meanEntropy"/);
    },
  );

  it("leaves out a token whose probability nobody told, and takes noise above 0 for certainty", () => {
    const [so, it, is] = STEP;
    const tokens = [so, it, is].flatMap((token, index) =>
      token === undefined ? [] : [{ ...token, logprob: [null, 1e-7, -9999][index] ?? null }],
    );
    expect(readStep(stepEnd("perplexity"), tokens).asks).toMatchObject([{ value: 1 }]);
  });

  it("has the range of its statistic", () => {
    expect(stepEnd("meanEntropy").range(K)).toEqual([0, Math.log(K)]);
    expect(stepEnd(rise()).range(K)).toEqual([-Math.log(K), Math.log(K)]);
    expect(stepEnd("perplexity").range(K)).toEqual([1, Number.POSITIVE_INFINITY]);
  });
});
