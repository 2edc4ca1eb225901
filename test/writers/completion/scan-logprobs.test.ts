import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entropy, entropyOf } from "../../../src/core/entropy.js";
import { tokenDistribution, topProbabilities } from "../../../src/core/token-distribution.js";
import { readLogprobs } from "../../../src/writers/completion/read-logprobs.js";
import { readEventJson } from "../../../src/writers/connection/unread-candidates.js";

const K = 5;

interface Listed {
  readonly token: string;
  readonly logprob: number | null;
}

/** One token as it comes in an event, in either shape; the first of `top` was sampled. */
function read(shape: "map" | "list", top: readonly Listed[], sampled = top[0]) {
  const { token = "", logprob = null } = sampled ?? {};
  const logprobs =
    shape === "map"
      ? {
          tokens: [token],
          token_logprobs: [logprob],
          top_logprobs: [Object.fromEntries(top.map((each) => [each.token, each.logprob]))],
        }
      : { content: [{ token, logprob, top_logprobs: top }] };
  const event = readEventJson(JSON.stringify({ choices: [{ text: token, logprobs }] })) as {
    choices: readonly { logprobs: unknown }[];
  };
  const [listed] = readLogprobs(event.choices[0]?.logprobs, K, event);
  if (listed === undefined) throw new Error("No token was read.");
  return listed;
}

const odd = fc.constantFrom(
  '"',
  "\\",
  '\\"',
  '":-1,"',
  "}]",
  "[{",
  ",",
  "7",
  "é",
  "\n",
  " so",
  "🎉",
);
const text = fc.oneof(odd, fc.string({ maxLength: 4, unit: "grapheme" }));
const weights = fc.uniqueArray(fc.tuple(text, fc.double({ min: 1e-6, max: 1, noNaN: true })), {
  selector: ([token]) => token,
  minLength: 2,
  maxLength: 8,
});

describe("log-probabilities without the candidates' texts", () => {
  it("are those that a whole reading finds, to the last bit, or none (property)", () => {
    fc.assert(
      fc.property(fc.constantFrom("map" as const, "list" as const), weights, (shape, given) => {
        const mass = given.reduce((sum, [, weight]) => sum + weight, 0);
        const top = given.map(([token, weight]) => ({ token, logprob: Math.log(weight / mass) }));
        const { topLogprobs, ...listed } = read(shape, top);
        const whole = tokenDistribution(listed.top, K);
        const probabilities = topProbabilities(topLogprobs ?? [], K);
        if (probabilities === null) return;
        expect(probabilities).toEqual(whole.map(({ probability }) => probability));
        expect(entropyOf(probabilities)).toBe(entropy(whole));
      }),
      { numRuns: 500 },
    );
  });

  const half = Math.log(0.5);
  const sure = [
    { token: " so", logprob: half },
    { token: " we", logprob: half },
  ];

  it.each(["map", "list"] as const)("are found in a %s", (shape) => {
    expect(read(shape, sure).topLogprobs).toEqual([half, half]);
    const escaped = [
      { token: '"":"', logprob: half },
      { token: "\\", logprob: half },
    ];
    expect(read(shape, escaped).topLogprobs).toEqual([half, half]);
  });

  it("are left to the whole reading where a map must be repaired, or is wrong", () => {
    const [so, we] = sure as [Listed, Listed];
    // The sampled token's own log-probability is not the map's: a twin has taken its place.
    expect(read("map", sure, { token: " so", logprob: -1 }).topLogprobs).toBeUndefined();
    expect(read("map", [we], so).topLogprobs).toBeUndefined();
    // Fewer than were asked for, and mass is missing.
    expect(read("map", [{ token: "a", logprob: -1 }, so]).topLogprobs).toBeUndefined();
    // Of what weighs nothing some fell together: a byte, and an entry at the place of its likelier twin.
    const byte = { token: "", logprob: -20 };
    expect(read("map", [so, we, byte]).topLogprobs).toBeUndefined();
    const [low, lower] = [-20, -21].map((logprob) => ({ token: `${logprob}`, logprob }));
    expect(read("map", [so, we, lower, low] as Listed[]).topLogprobs).toBeUndefined();
    expect(read("map", [so, we, low, lower] as Listed[]).topLogprobs).toHaveLength(4);
    // More than 1 in all.
    expect(read("map", [so, we, { token: "x", logprob: -0.1 }]).topLogprobs).toBeUndefined();
    for (const shape of ["map", "list"] as const) {
      expect(read(shape, [so, we, { token: "x", logprob: null }]).topLogprobs).toBeUndefined();
    }
  });

  it("are left to the whole reading where a server writes its JSON in another way", () => {
    const top = '[{"token": " so", "logprob" : -0.7}, {"token": " we", "logprob" : -0.7}]';
    const json = `{"content":[{"token":" so","logprob":-0.7,"top_logprobs":${top}}]}`;
    const event = readEventJson(json);
    const [listed] = readLogprobs(event, K, event);
    expect(listed?.topLogprobs).toBeUndefined();
    expect(listed?.top).toHaveLength(2);
  });

  it("no candidates, no numbers; NaN and more than 1 are left to be reported", () => {
    expect(readLogprobs({ content: [{ token: "a", logprob: -1 }] }, K)[0]?.topLogprobs).toBe(
      undefined,
    );
    expect(topProbabilities([Number.NaN, -1], K)).toBeNull();
    expect(topProbabilities([0.5, -1], K)).toBeNull();
    expect(topProbabilities([-1e9, Number.NEGATIVE_INFINITY], K)).toBeNull();
    expect(topProbabilities([], K)).toBeNull();
  });

  it("are sorted, cut to k, and without what is impossible, as in a distribution", () => {
    const logprobs = [-3, -1, -9999, -2, -1];
    const top = logprobs.map((logprob, index) => ({ token: `${index}`, logprob }));
    for (const k of [2, 3, 10]) {
      const whole = tokenDistribution(top, k).map(({ probability }) => probability);
      expect(topProbabilities(logprobs, k)).toEqual(whole);
    }
  });
});
