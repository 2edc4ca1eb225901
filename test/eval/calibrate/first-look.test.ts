import { describe, expect, it, onTestFinished } from "vitest";
import {
  canLook,
  firstLookOf,
  glimpsesIn,
  lookAlong,
} from "../../../src/eval/calibrate/first-look.js";
import { AskedPair } from "../../../src/eval/replies/asked-pair.js";
import { GlimpRouterChatModel, routingOf } from "../../../src/index.js";
import { embeddedPair } from "../../../src/local/index.js";
import { PERFECT, toyPair } from "./toy-pair.js";

const HOW = { delimiter: "\n\n", topLogprobs: 20 };
/** With an entropy of ln 2. */
const even = (token: string) => ({
  token,
  logprob: -0.7,
  top: [
    { token, logprob: Math.log(0.5) },
    { token: "x", logprob: Math.log(0.5) },
  ],
});
const sure = (token: string) => ({
  token,
  logprob: 0,
  top: [
    { token, logprob: 0 },
    { token: "x", logprob: -40 },
  ],
});

describe("glimpses in a text that is given", () => {
  it("are those of each step's first word, blanks and boundaries aside", () => {
    const tokens = [
      ...[sure("\n"), even("One"), sure(" is"), sure(".\n\n")],
      ...[sure("  "), even("Two"), even(" too"), sure(".\n\nThree")],
    ];
    const thought = tokens.map(({ token }) => token).join("");
    const [one, two, three, ...more] = glimpsesIn(thought, { tokens }, HOW);
    expect(one).toBeCloseTo(Math.LN2);
    expect(two).toBeCloseTo(Math.LN2);
    // Its first word came with the boundary before it.
    expect(three).toBeCloseTo(0);
    expect(more).toEqual([]);
  });

  it("a first token without candidates is left out", () => {
    const tokens = [{ token: "One", logprob: null, top: [] }, sure(".\n\n"), even("Two")];
    const values = glimpsesIn("One.\n\nTwo", { tokens }, HOW);
    expect(values).toHaveLength(1);
    expect(values[0]).toBeCloseTo(Math.LN2);
  });

  it("come to shares of the steps", () => {
    const values = Array.from({ length: 101 }, (_, index) => index / 100);
    expect(firstLookOf([values, null, undefined, []])).toEqual({
      thoughts: 1,
      steps: 101,
      above: [0.1, 0.2, 0.25, 0.3, 0.5].map((share) => ({
        share,
        value: expect.closeTo(1 - share, 1),
      })),
    });
    expect(firstLookOf([null, []])).toBeNull();
  });
});

describe("small along large's thought", () => {
  it("sees what it glimpses where it writes the same text itself", async () => {
    const { small, dispose } = await embeddedPair();
    onTestFinished(dispose);
    const prompt = "59, +10, %6, +90, %9";
    const alone = new GlimpRouterChatModel({ small, large: small, policy: () => "small" });
    const reply = await alone.invoke(prompt);
    const pair = await AskedPair.of({ small, large: small }, {});
    const thought = String(reply.additional_kwargs.reasoning_content);
    const problem = { id: "1", prompt, answer: 0 };
    const seen = await lookAlong({ pair }, { problem, thought }, new AbortController().signal);
    const glimpsed = routingOf(reply)?.steps.map(({ entropy }) => entropy) ?? [];
    expect(glimpsed.length).toBeGreaterThan(3);
    expect(seen).toHaveLength(glimpsed.length);
    for (const [index, value] of glimpsed.entries())
      expect(seen?.[index]).toBeCloseTo(value ?? -1, 2);
  });

  it("is not asked where it cannot tell", async () => {
    const { small, large } = toyPair(PERFECT);
    const pair = await AskedPair.of({ small, large }, {});
    expect(canLook({ pair })).toBe(false);
    const problem = { id: "1", prompt: "1", answer: 0 };
    const signal = new AbortController().signal;
    expect(await lookAlong({ pair }, { problem, thought: "a" }, signal)).toBeNull();
  });
});
