import { describe, expect, it } from "vitest";
import { entropy } from "../../../src/core/entropy.js";
import { tokenDistribution } from "../../../src/core/token-distribution.js";
import { readLogprobs } from "../../../src/writers/completion/read-logprobs.js";

const SAMPLED = { token: " so", logprob: Math.log(0.75) };
const OTHER = { token: " we", logprob: Math.log(0.25) };
const IMPOSSIBLE = { token: " never", logprob: null };

describe("readLogprobs", () => {
  it("reads the lists and maps of text completions", () => {
    const legacy = {
      tokens: ["a", "</s>"],
      token_logprobs: [-0.5, -0.1],
      top_logprobs: [
        { a: -0.5, b: -1 },
        { "</s>": -0.1, c: -3 },
      ],
      text_offset: [0, 1],
    };
    expect(readLogprobs(legacy, 2)).toEqual([
      {
        token: "a",
        logprob: -0.5,
        top: [
          { token: "a", logprob: -0.5 },
          { token: "b", logprob: -1 },
        ],
      },
      {
        token: "</s>",
        logprob: -0.1,
        top: [
          { token: "</s>", logprob: -0.1 },
          { token: "c", logprob: -3 },
        ],
      },
    ]);
  });

  it("reads the list of chat completions, and llama.cpp's, keeping equal texts apart", () => {
    const list = {
      content: [
        {
          id: 7,
          token: "8",
          logprob: -0.2,
          bytes: [56],
          top_logprobs: [
            { id: 7, token: "8", logprob: -0.2, bytes: [56] },
            { id: 9, token: "8", logprob: -4, bytes: [56] },
          ],
        },
      ],
    };
    expect(readLogprobs(list, 2)).toEqual([
      {
        token: "8",
        logprob: -0.2,
        top: [
          { token: "8", logprob: -0.2 },
          { token: "8", logprob: -4 },
        ],
      },
    ]);
  });

  it("has no tokens where the server sent none, and no candidates where none were asked for", () => {
    expect(readLogprobs(null, 20)).toEqual([]);
    expect(readLogprobs(undefined, 20)).toEqual([]);
    expect(readLogprobs({ content: null }, 20)).toEqual([]);
    expect(readLogprobs({ content: [{ token: "a", logprob: -1, top_logprobs: [] }] }, 0)).toEqual([
      { token: "a", logprob: -1, top: [] },
    ]);
    expect(readLogprobs({ tokens: ["a"], token_logprobs: [null], top_logprobs: null }, 2)).toEqual([
      { token: "a", logprob: null, top: [] },
    ]);
  });

  it("makes a candidate without a number NaN, for those who use it to report", () => {
    const list = {
      content: [{ token: "a", logprob: -1, top_logprobs: [{ token: "b", logprob: "-1" }] }],
    };
    expect(readLogprobs(list, 1)[0]?.top).toEqual([{ token: "b", logprob: Number.NaN }]);
    const map = { tokens: ["a"], token_logprobs: [-1], top_logprobs: [{ a: -1, b: "-1" }] };
    expect(readLogprobs(map, 2)[0]?.top[1]).toEqual({ token: "b", logprob: Number.NaN });
  });

  it.each([
    ["list", { content: [{ ...SAMPLED, top_logprobs: [SAMPLED, OTHER, IMPOSSIBLE] }] }],
    [
      "map",
      {
        tokens: [SAMPLED.token],
        token_logprobs: [SAMPLED.logprob],
        top_logprobs: [{ " so": Math.log(0.75), " we": Math.log(0.25), " never": null }],
      },
    ],
  ])("S2: null, which is JSON for -Infinity, is a candidate without mass: %s", (_name, shape) => {
    const [token] = readLogprobs(shape, 3);
    expect(token?.top).toEqual([
      SAMPLED,
      OTHER,
      { token: " never", logprob: Number.NEGATIVE_INFINITY },
    ]);
    const seen = tokenDistribution(token?.top ?? [], 3);
    expect(seen.map(({ token }) => token)).toEqual([" so", " we"]);
    expect(entropy(seen)).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 12);
  });

  it("reads candidates only when somebody looks, and once", () => {
    let looks = 0;
    const map = new Proxy({ a: -0.5, b: -1 } as Record<string, number>, {
      ownKeys: (target) => {
        looks++;
        return Reflect.ownKeys(target);
      },
    });
    const [token] = readLogprobs({ tokens: ["a"], token_logprobs: [-0.5], top_logprobs: [map] }, 2);
    expect(looks).toBe(0);
    expect(token?.top).toBe(token?.top);
    expect(looks).toBe(1);
  });

  it("reports lost candidates at the position that is looked at, not at others", () => {
    const broken = { tokens: ["1"], token_logprobs: [-1], top_logprobs: [{ "1": -1, "8": -9 }] };
    const [token] = readLogprobs(broken, 20);
    expect(token?.token).toBe("1");
    expect(() => token?.top).toThrow(expect.objectContaining({ reason: "bad_logprobs" }));
  });
});
