import { describe, expect, it } from "vitest";
import { entropy } from "../../../src/core/entropy.js";
import { type TokenLogprob, tokenDistribution } from "../../../src/core/token-distribution.js";
import { readTopMap } from "../../../src/writers/completion/read-top-map.js";

const ln = Math.log;

/** The map as vLLM builds it: the sampled token first, then by rank; the later of two equal texts wins. */
function vllmMap(ranked: readonly TokenLogprob[], sampled: TokenLogprob): Record<string, number> {
  const order = [sampled, ...ranked.filter((each) => each !== sampled)];
  return Object.fromEntries(order.map(({ token, logprob }) => [token, logprob]));
}

function entropyOf(top: readonly TokenLogprob[], k: number): number {
  return entropy(tokenDistribution(top, k));
}

/** Candidates with the given probabilities, named by their rank unless told. */
function candidates(...shares: readonly (number | readonly [string, number])[]): TokenLogprob[] {
  return shares.map((share, rank) =>
    typeof share === "number"
      ? { token: ` t${rank}`, logprob: ln(share) }
      : { token: share[0], logprob: ln(share[1]) },
  );
}

describe("readTopMap", () => {
  it("reads a map without twins as it is, in spite of JavaScript's order of digit keys", () => {
    const ranked = candidates(["5", 0.6], ["x", 0.2], ["0", 0.1], ["1", 0.05]);
    const sampled = ranked[0] as TokenLogprob;
    const top = readTopMap(vllmMap(ranked, sampled), sampled, 4);
    expect(top.map(({ token }) => token)).toEqual(["0", "1", "5", "x"]);
    expect(entropyOf(top, 4)).toBeCloseTo(entropyOf(ranked, 4), 12);
  });

  it("repairs the sampled token whose less likely twin won, as seen on vLLM 0.32", () => {
    const map = { "3": -26, "8": -27.2, "\0": -9999 };
    const top = readTopMap(map, { token: "3", logprob: 0 }, 5);
    expect(top).toContainEqual({ token: "3", logprob: 0 });
    expect(top).toContainEqual({ token: "3", logprob: -26 });
    expect(entropyOf(top, 5)).toBeCloseTo(0, 9);
  });

  it("keeps a sampled token outside the top k as an extra candidate", () => {
    const ranked = candidates(0.6, 0.3, 0.05);
    const sampled = ranked[2] as TokenLogprob;
    const top = readTopMap(vllmMap(ranked, sampled), sampled, 2);
    expect(top).toHaveLength(3);
    expect(entropyOf(top, 2)).toBeCloseTo(entropyOf(ranked, 2), 12);
  });

  it("restores a candidate at the place of its likelier twin", () => {
    const ranked = candidates(0.5, 0.3, 0.052, ["", 0.05], 0.049, 0.03, ["", 0.001], 0.0005);
    const sampled = ranked[0] as TokenLogprob;
    const top = readTopMap(vllmMap(ranked, sampled), sampled, 8);
    expect(top).toHaveLength(8);
    // Between .049 and .052 by its place; the map says .001.
    const restored = top.at(-1) as TokenLogprob;
    expect(restored.token).toBe("");
    expect(Math.exp(restored.logprob)).toBeCloseTo(0.0505, 3);
    expect(Math.abs(entropyOf(top, 8) - entropyOf(ranked, 8))).toBeLessThan(0.002);
  });

  it("S2: takes null for impossible, and restores nothing between two of them", () => {
    const map = { " so": ln(0.7), " we": ln(0.297), "": null, " never": null };
    const top = readTopMap(map, { token: " so", logprob: ln(0.7) }, 6);
    expect(top).toHaveLength(4);
    expect(entropyOf(top, 6)).toBeCloseTo(entropyOf(candidates(0.7, 0.297), 6), 12);
  });

  it("reports a likely candidate whose place says too little", () => {
    const ranked = candidates(0.5, ["", 0.2], 0.05, 0.04, ["", 0.001], 0.0005);
    const sampled = ranked[0] as TokenLogprob;
    expect(() => readTopMap(vllmMap(ranked, sampled), sampled, 6)).toThrow(
      expect.objectContaining({ reason: "bad_logprobs" }),
    );
  });

  it("restores byte tokens that follow each other in the tail", () => {
    const ranked = candidates(0.7, 0.1, 0.002, ["", 0.0011], ["", 0.001], ["", 0.0009], 0.0008);
    const top = readTopMap(
      vllmMap(ranked, ranked[0] as TokenLogprob),
      ranked[0] as TokenLogprob,
      7,
    );
    expect(top).toHaveLength(7);
    expect(Math.abs(entropyOf(top, 7) - entropyOf(ranked, 7))).toBeLessThan(0.01);
  });

  it("restores a tail that fell together, which a mean over all candidates would miss, as seen on vLLM 0.32", () => {
    const known = [0, -16.1, -16.8, -17.3, -18.1].map((logprob, rank) => ({
      token: rank === 0 ? "b" : ` t${rank}`,
      logprob,
    }));
    // Bytes among the last of 20, as unlikely as each other; and a character's byte beside the character.
    const tail = Array.from({ length: 13 }, (_, rank) => ({
      token: "",
      logprob: -18.2 - rank / 40,
    }));
    const twin = { token: " t4", logprob: -18.6 };
    const ranked = [...known, ...tail, twin, { token: "%", logprob: -18.7 }];
    const top = readTopMap(
      vllmMap(ranked, ranked[0] as TokenLogprob),
      { token: "b", logprob: 0 },
      20,
    );
    expect(top).toHaveLength(20);
    const mean = (all: readonly TokenLogprob[]) =>
      all.reduce((sum, { logprob }) => sum + logprob, 0) / all.length;
    // Of the seven that came it would be -15.1.
    expect(mean(ranked)).toBeCloseTo(-17.3, 0);
    expect(Math.abs(mean(top) - mean(ranked))).toBeLessThan(0.25);
    expect(Math.abs(entropyOf(top, 20) - entropyOf(ranked, 20))).toBeLessThan(1e-5);
  });

  it("needs no repair where nothing of weight is missing", () => {
    const ranked = candidates(0.9, 0.0995, 0.0001);
    const sampled = ranked[0] as TokenLogprob;
    expect(readTopMap(vllmMap(ranked, sampled), sampled, 20)).toHaveLength(3);
  });

  it("reports a likely candidate that is gone without a trace", () => {
    const ranked = candidates(["1", 0.4], ["8", 0.5], ["8", 0.0001], 0.05);
    const sampled = ranked[0] as TokenLogprob;
    expect(() => readTopMap(vllmMap(ranked, sampled), sampled, 4)).toThrow(
      expect.objectContaining({
        reason: "bad_logprobs",
        message: expect.stringContaining("only 3 came, and up to 55.0 % of the probability"),
      }),
    );
  });

  it("reports a server that gives fewer candidates than asked for", () => {
    const map = Object.fromEntries(
      candidates(0.4, 0.2, 0.1, 0.05, 0.02).map(({ token, logprob }) => [token, logprob]),
    );
    expect(() => readTopMap(map, { token: " t0", logprob: ln(0.4) }, 20)).toThrow(
      "set `topLogprobs: 5`",
    );
  });

  it("reports candidates that add up to more than 1", () => {
    expect(() =>
      readTopMap({ a: ln(0.9), b: ln(0.05) }, { token: "a", logprob: ln(0.6) }, 2),
    ).toThrow(expect.objectContaining({ reason: "bad_logprobs" }));
  });
});
