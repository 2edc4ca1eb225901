import { describe, expect, it } from "vitest";
import { embeddedPairName, type Pair, routingOf } from "../../src/cli/load-pair.js";
import { everyToken } from "../../src/core/points/every-token.js";
import type { Ask, GlimpsePoint, SeenToken } from "../../src/core/points/glimpse-point.js";
import { stepStart } from "../../src/core/points/step-start.js";
import { laterTokens } from "../../src/local/later-tokens.js";

describe("--pair", () => {
  it("names one of the two embedded pairs; left out it is the one that calculates", () => {
    expect([undefined, "tape", "words"].map((name) => embeddedPairName(name))).toEqual([
      "tape",
      "tape",
      "words",
    ]);
    expect(() => embeddedPairName("")).toThrow('--pair must be tape or words, got "".');
  });

  it("brings a point and its threshold; a point of one's own has a threshold of its own", () => {
    const own = { threshold: 0.7, glimpseAt: laterTokens() };
    const pair = { routing: own } as unknown as Pair;
    expect(routingOf(pair, {})).toEqual(own);
    expect(routingOf(pair, { threshold: 2 })).toEqual({ ...own, threshold: 2 });
    const asked = { glimpseAt: stepStart() };
    expect(routingOf(pair, asked)).toEqual(asked);
  });
});

/** What a point asks of each token of "Then Tom has", doubted more and more. */
function askedBy(point: GlimpsePoint): readonly (readonly Ask[])[] {
  let state = point.start(null);
  return ["Then", " Tom", " has"].map((text, index) => {
    const at = ["", "Then", "Then Tom"][index]?.length ?? 0;
    const token = { text, at, distribution: [], probabilities: [], entropy: index + 1 };
    const seen: SeenToken = { ...token, logprob: null, sinceLarge: null };
    const read = point.read(state, seen);
    state = read.state;
    return [read.ask ?? []].flat();
  });
}

it("laterTokens asks as everyToken does, but not of a step's first token", () => {
  const [first, ...others] = askedBy(everyToken());
  expect(first).toHaveLength(1);
  expect(askedBy(laterTokens())).toEqual([[], ...others]);
  expect(others.flat().map(({ value, cut }) => [value, cut])).toEqual([
    [2, 4],
    [3, 8],
  ]);
});
