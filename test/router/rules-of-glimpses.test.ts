import { describe, expect, it, vi } from "vitest";
import { always } from "../../src/core/policies/always.js";
import { entropyAbove } from "../../src/core/policies/entropy-above.js";
import type { Glimpse, RouteContext } from "../../src/core/route-policy.js";
import type { Written } from "../../src/router/step-writer.js";
import { failure, partsOf, run } from "./run-thought.js";
import { CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, chunk, end, HIGH, LOW, listed, textless, token } from "./tokens.js";

type Text = Extract<Written, { type: "text" }>;

const PROBE = { config: { glimpse: "probe" } } as const;

describe("rule 7: the glimpse is the first non-blank token of a step", () => {
  it("the first step included, behind any blanks", async () => {
    const result = await run([
      fused("", [token("\n", LOW), token(" ", LOW), token("Hard", HIGH)]),
      step("large", "\n", [bare("One."), end("stop")]),
      fused("\nOne.\n\n", [token("\n", HIGH), token("Easy", LOW), ...CLOSE]),
      closed("\nOne.\n\n\nEasy"),
    ]);
    expect(partsOf(result)).toEqual(["large 1.8 boundary", "small 0.2 close"]);
    expect(result.record.steps.map(({ token }) => token)).toEqual(["Hard", "Easy"]);
  });

  it("a decoy of high entropy in the middle of a step never routes", async () => {
    const result = await run([
      fused("", [
        token("So", LOW),
        token(" hard", 2),
        token(".\n", 2),
        token("still", 2),
        ...CLOSE,
      ]),
      closed("So hard.\nstill"),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 close"]);
  });

  it.each([
    ["the closing tag", [token("</think>", LOW)], "closed"],
    ["a split closing tag", [token("</", LOW), token("think", 2), token(">\n\n", 2)], "closed"],
    ["the closing tag behind newlines", [chunk(token("\n"), token("</think>", LOW))], "closed"],
    ["EOS", [textless("</s>", LOW), end("eos")], "eos"],
    ["EOS that is not listed", [end("eos")], "eos"],
  ] as const)(
    "low at %s ends the thought, and no step is recorded",
    async (_name, items, reason) => {
      const lead = items[0]?.type === "text" && items[0].text.startsWith("\n") ? "\n" : "";
      const result = await run([
        fused("", [token("One.\n\n"), ...items]),
        closed(`One.\n\n${lead}`),
      ]);
      expect(partsOf(result)).toEqual(["small 0.2 boundary"]);
      expect(result.record.stopReason).toBe(reason);
      expect(result.events.filter(({ type }) => type === "step-start")).toHaveLength(1);
    },
  );

  it.each([
    ["the closing tag", [token("</think>", HIGH)]],
    ["the beginning of the closing tag", [token("</", HIGH)]],
    ["EOS", [textless("</s>", HIGH), end("eos")]],
  ])("high at %s hands over to large, which may just close", async (_name, items) => {
    const result = await run([
      fused("", items),
      step("large", "", [bare("\n</think>")]),
      closed(""),
    ]);
    expect(partsOf(result)).toEqual(["large 1.8 close"]);
    expect(result.record.stopReason).toBe("closed");
  });

  it("and so with a probe", async () => {
    const low = await run(
      [
        probe("", token("</", LOW), end("length")),
        step("small", "", [bare("</think>")]),
        closed(""),
      ],
      PROBE,
    );
    expect(low.record).toMatchObject({ steps: [], stopReason: "closed" });
    const eos = await run([probe("", textless("</s>", LOW), end("eos")), closed("")], PROBE);
    expect(eos.record).toMatchObject({ steps: [], stopReason: "eos" });
    const high = await run(
      [
        probe("", textless("</s>", HIGH), end("eos")),
        step("large", "", [bare("So."), end("eos")]),
        closed("So."),
      ],
      PROBE,
    );
    expect(partsOf(high)).toEqual(["large 1.8 eos"]);
  });
});

describe("rule 8: chunks are no tokens, and tokens need not spell the text", () => {
  it("a boundary and its glimpse may sit in the middle of a chunk of many tokens", async () => {
    const one = [token("One"), token(".", 2), token("\n\n", 2)];
    const result = await run([
      fused("", [chunk(...one, token("Two", LOW), token(".", 2), token("\n\n"), token("3", HIGH))]),
      step("large", "One.\n\nTwo.\n\n", [bare("3."), end("stop")]),
      fused("One.\n\nTwo.\n\n3.\n\n", [chunk(token("4"), ...CLOSE, token("\n\n5", HIGH))]),
      closed("One.\n\nTwo.\n\n3.\n\n4"),
    ]);
    expect(partsOf(result)).toEqual([
      "small 0.2 boundary",
      "small 0.2 boundary",
      "large 1.8 boundary",
      "small 0.2 close",
    ]);
    expect(result.record.steps.map(({ tokens }) => tokens)).toEqual([3, 3, 1, 2]);
  });

  it("a chunk may carry nothing, the first one too", async () => {
    const result = await run([
      fused("", [bare(""), token("One"), bare(""), token(".\n\n"), bare(""), token("2", HIGH)]),
      step("large", "One.\n\n", [bare(""), bare("2.</think>")]),
      closed("One.\n\n2."),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 close"]);
  });

  it.each([
    ["glued to a word", [token("One"), token(".\n\n"), token("Two", HIGH)]],
    ["split over tokens", [token("One."), token("\n"), token("\n"), token("Two", HIGH)]],
    ["split and glued", [token("One.\n"), token("\nTwo", HIGH)]],
  ])("the delimiter may be %s", async (_name, items) => {
    for (const stream of [items, [chunk(...items)]]) {
      const result = await run([
        fused("", stream),
        step("large", "One.\n\n", [bare("Two.</think>")]),
        closed("One.\n\nTwo."),
      ]);
      expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 close"]);
    }
  });

  it.each([
    ["one token", ["</think>"]],
    ["three tokens", ["</", "think", ">"]],
    ["single characters", [..."</think>"]],
  ])("the closing tag may be %s", async (_name, parts) => {
    const result = await run([
      fused("", [token("a < b </thin"), ...parts.map((part) => token(part))]),
      closed("a < b </thin"),
    ]);
    expect(result.thought).toBe("a < b </thin");
    expect(partsOf(result)).toEqual(["small 0.2 close"]);
  });

  it("text without log-probabilities is read in mid-step", async () => {
    const result = await run([
      fused("", [token("One"), bare(" and"), token(" so.\n\n"), token("Two"), ...CLOSE]),
      closed("One and so.\n\nTwo"),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "small 0.2 close"]);
  });

  it("bytes of a character are listed without text, and the first one is the glimpse", async () => {
    const bytes = (entropy: number) => [textless("", entropy), textless("", 2), textless("", LOW)];
    const whole = token("🧮", LOW);
    const rest = [token(" is\n\n"), ...bytes(HIGH), whole];
    for (const stream of [
      [...bytes(LOW), whole, ...rest],
      [chunk(...bytes(LOW), whole, ...rest)],
      [chunk(...bytes(LOW)), chunk(whole, ...rest)],
    ]) {
      const result = await run([
        fused("", stream),
        step("large", "🧮 is\n\n", [bare("Two.</think>")]),
        closed("🧮 is\n\nTwo."),
      ]);
      expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 close"]);
      expect(result.record.steps[0]?.tokens).toBe(5);
    }
  });

  it("a character whose last byte is listed empty too does not hide the boundary behind it", async () => {
    const character: Text = { type: "text", text: "é", tokens: [listed(""), listed("")] };
    const result = await run([
      fused("", [chunk(character, token(".\n\n"), token("Two", HIGH))]),
      step("large", "é.\n\n", [bare("Two.</think>")]),
      closed("é.\n\nTwo."),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "large 1.8 close"]);
  });

  it("nobody looks at the candidates of a token that is no glimpse", async () => {
    const broken = (text: string) => ({
      type: "text" as const,
      text,
      tokens: [
        {
          token: "",
          logprob: null,
          get top(): never[] {
            throw new Error("looked");
          },
        },
      ],
    });
    const result = await run([
      fused("", [token("One"), broken(""), broken("é"), broken(".\n\n"), token("Two"), ...CLOSE]),
      closed("Oneé.\n\nTwo"),
    ]);
    expect(partsOf(result)).toEqual(["small 0.2 boundary", "small 0.2 close"]);
  });

  it("a fused stream sends no stop string, other requests do", async () => {
    // The script compares every option of every request; this one names what rule 8 is about.
    expect(fused("", []).how).not.toHaveProperty("stop");
    expect(step("large", "", []).how.stop).toEqual(["\n\n"]);
    await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("One.</think>")]),
      closed("One."),
    ]);
  });
});

describe("rule 9: log-probabilities are read chunk by chunk", () => {
  it("in any order, impossible candidates and surplus ones left out, EOS counted", async () => {
    const half = Math.log(0.5);
    const top = [
      { token: "So", logprob: -Infinity },
      { token: "</s>", logprob: half },
      { token: "Then", logprob: -9999 },
      { token: "Thus", logprob: -3.4028234663852886e38 },
      { token: "As", logprob: half },
    ];
    const result = await run([
      fused("", [
        { type: "text", text: "As", tokens: [{ token: "As", logprob: half, top }] },
        ...CLOSE,
      ]),
      closed("As"),
    ]);
    expect(result.record.steps[0]?.entropy).toBeCloseTo(Math.LN2, 12);
  });

  it.each([Number.NaN, 0.5])("%s is an error", async (logprob) => {
    const item = {
      type: "text" as const,
      text: "So",
      tokens: [{ token: "So", logprob, top: [{ token: "So", logprob }] }],
    };
    expect(await failure([fused("", [item])])).toMatchObject({
      role: "small",
      cause: { reason: "bad_logprobs" },
    });
  });
});

describe("rule 10: no log-probabilities are an error at the first token, and nothing is asked of large", () => {
  const unlisted: Text = {
    type: "text",
    text: "So",
    tokens: [{ token: "So", logprob: -1, top: [] }],
  };

  const unspelled: Text = {
    type: "text",
    text: "One.\n\nTwo",
    tokens: [listed("\u2581One."), listed("\u2581Two")],
  };

  it.each([
    ["without tokens", [fused("", [bare("So")])], "fused"],
    ["without candidates", [fused("", [unlisted])], "fused"],
    ["only blanks, without tokens", [fused("", [bare("\n")])], "fused"],
    ["of many tokens with a boundary", [fused("", [token("One"), bare(".\n\nTwo")])], "fused"],
    ["with a boundary somewhere in tokens that do not spell it", [fused("", [unspelled])], "fused"],
    ["without tokens, by a probe", [probe("", bare("So"))], "probe"],
    ["only blanks, by a probe", [probe("", bare("\n"))], "probe"],
    ["none at all, by a probe", [probe("", end("length"))], "probe"],
  ] as const)("text %s", async (_name, script, glimpse) => {
    expect(await failure(script, { config: { glimpse } })).toMatchObject({
      role: "small",
      cause: { reason: "no_logprobs" },
      state: { requests: { small: 1, large: 0 } },
    });
  });
});

describe("rule 11: the glimpse is taken before the policy is asked, always", () => {
  it.each(["small", "large"] as const)("also where it is always %s", async (route) => {
    const script = {
      small: [fused("", [token("A", HIGH), ...CLOSE]), closed("A")],
      large: [fused("", [token("A", HIGH)]), step("large", "", [bare("B</think>")]), closed("B")],
    };
    const result = await run(script[route], { config: { policy: always(route) } });
    expect(partsOf(result)).toEqual([`${route} 1.8 close`]);
  });

  it("the policy sees it with what was thought before, and a threshold is not above itself", async () => {
    const policy = vi.fn((glimpse: Glimpse, context: RouteContext) =>
      entropyAbove(glimpse.entropy)(glimpse, context),
    );
    await run(
      [fused("", [token("A.\n\n", LOW), token(" B", HIGH), ...CLOSE]), closed("A.\n\n B")],
      {
        config: { policy },
      },
    );
    const [glimpse, context] = policy.mock.calls.at(-1) ?? [];
    expect(glimpse).toMatchObject({ token: " B", entropy: expect.closeTo(HIGH, 9) });
    expect(glimpse?.normalizedEntropy).toBeCloseTo(HIGH / Math.log(8), 9);
    expect(glimpse?.candidates).toHaveLength(8);
    expect(context).toEqual({
      step: 2,
      thought: "A.\n\n",
      thoughtTokens: 1,
      handoffs: 0,
      routes: ["small"],
    });
  });

  it("a policy that throws is an error that names it and the step", async () => {
    const policy = () => {
      throw new TypeError("no such table");
    };
    expect(await failure([fused("", [token("A")])], { config: { policy } })).toMatchObject({
      cause: {
        reason: "invalid_option",
        message: "The `policy` failed at step 1: no such table",
        cause: expect.any(TypeError),
      },
    });
  });

  it("a policy that returns anything else is an error that names it", async () => {
    const policy = (async () => "small") as never;
    expect(await failure([fused("", [token("A")])], { config: { policy } })).toMatchObject({
      cause: { reason: "invalid_option", message: expect.stringContaining("`policy`") },
    });
  });
});
