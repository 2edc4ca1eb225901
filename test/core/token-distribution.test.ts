import { describe, expect, it } from "vitest";
import { entropy } from "../../src/core/entropy.js";
import { checkLogprobs, tokenDistribution } from "../../src/core/token-distribution.js";

const { log } = Math;

describe("tokenDistribution", () => {
  it("sorts by value: the sampled token may stand first whatever its rank", () => {
    const top = [
      { token: "sampled", logprob: log(0.1) },
      { token: "second", logprob: log(0.3) },
      { token: "first", logprob: log(0.6) },
    ];
    expect(tokenDistribution(top, 20).map(({ token }) => token)).toEqual([
      "first",
      "second",
      "sampled",
    ]);
    expect(top[0]?.token).toBe("sampled");
  });

  it("keeps the k highest and renormalises over them", () => {
    const top = [0.5, 0.25, 0.15, 0.1].map((p, rank) => ({ token: `${rank}`, logprob: log(p) }));
    const [first, second, ...rest] = tokenDistribution(top, 2);
    expect(first?.probability).toBeCloseTo(2 / 3, 12);
    expect(second?.probability).toBeCloseTo(1 / 3, 12);
    expect(rest).toEqual([]);
  });

  it("takes fewer than k candidates as they are", () => {
    const probabilities = tokenDistribution([{ token: "only", logprob: -3 }], 20);
    expect(probabilities).toEqual([{ token: "only", probability: 1 }]);
  });

  it.each([
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["vLLM's -9999", -9999],
    ["llama.cpp's lowest float", -3.4028234663852886e38],
  ])("leaves %s out: it is no number to compare", (_name, logprob) => {
    const top = [
      { token: "never", logprob },
      { token: "a", logprob: -1 },
      { token: "b", logprob: -1 },
    ];
    expect(tokenDistribution(top, 20).map(({ token }) => token)).toEqual(["a", "b"]);
    expect(entropy(tokenDistribution(top, 20))).toBeCloseTo(Math.LN2, 12);
  });

  it("does not divide 0 by 0 where all candidates are far below what exp can hold", () => {
    const top = [
      { token: "a", logprob: -5000 },
      { token: "b", logprob: -5000 },
    ];
    expect(tokenDistribution(top, 20).map(({ probability }) => probability)).toEqual([0.5, 0.5]);
  });

  it("keeps two ids of one text apart, and EOS among the candidates", () => {
    const top = [
      { token: "8", logprob: log(0.4) },
      { token: "8", logprob: log(0.4) },
      { token: "</s>", logprob: log(0.2) },
    ];
    expect(tokenDistribution(top, 20).map(({ token }) => token)).toEqual(["8", "8", "</s>"]);
  });

  it("forgives float noise above 0", () => {
    expect(tokenDistribution([{ token: "sure", logprob: 1e-7 }], 20)).toEqual([
      { token: "sure", probability: 1 },
    ]);
  });

  it.each([
    ["NaN", Number.NaN],
    ["a probability in place of its logarithm", 0.9],
    ["Infinity", Number.POSITIVE_INFINITY],
  ])("refuses %s, and names token and value", (_name, logprob) => {
    const top = [
      { token: "a", logprob: -1 },
      { token: "odd", logprob },
    ];
    for (const check of [() => tokenDistribution(top, 20), () => checkLogprobs(top)]) {
      expect(check).toThrow(
        expect.objectContaining({
          name: "RouteError",
          reason: "bad_logprobs",
          message: expect.stringContaining(`got ${logprob} for token "odd"`),
        }),
      );
    }
  });

  it.each([
    ["no candidates", []],
    ["only impossible ones", [{ token: "a", logprob: -9999 }]],
  ])("refuses %s: never a silent H = 0", (_name, top) => {
    expect(() => tokenDistribution(top, 20)).toThrow(
      expect.objectContaining({
        reason: "bad_logprobs",
        message: expect.stringContaining("raw_logprobs"),
      }),
    );
  });
});
