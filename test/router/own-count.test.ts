import { describe, expect, it } from "vitest";
import type { TokenUsage } from "../../src/router/step-writer.js";
import { failure, partsOf, run } from "./run-thought.js";
import { answer, CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { CUT, type ScriptItem } from "./scripted-writer.js";
import { bare, chunk, end, HIGH, textless, token } from "./tokens.js";

/** `count` items of one kind. In a script the loop must abort behind the last one, and not before. */
function many(count: number, item: ScriptItem): readonly ScriptItem[] {
  return Array.from({ length: count }, () => item);
}

/** Events that a stream may have beside those of its tokens. */
const OTHER_EVENTS = 1000;
const NOTHING = bare("");

describe("F3: a server that ignores max_tokens is left where our own count says so", () => {
  it.each([
    ["words without a boundary", token("x"), "xxxxx"],
    ["words that no token is listed for", token("x"), "xxxxx"],
    ["blanks", token(" "), "     "],
    ["line breaks", token("\n\n"), "\n\n".repeat(5)],
    ["tokens without text", textless(""), ""],
  ])("F3: small's fused stream of %s", async (name, item, thought) => {
    const rest = name.startsWith("words that no") ? bare("x") : item;
    const result = await run([fused("", [item, ...many(5, rest)], 5), closed(thought)], {
      config: { maxThoughtTokens: 5 },
    });
    expect(result.thought).toBe(thought);
    expect(result.record).toMatchObject({
      stopReason: "budget",
      steps: thought.trim() === "" ? [] : [{ tokens: 5, end: "length" }],
      usage: { small: { output_tokens: 5, estimated: true } },
    });
  });

  it("F3: many tokens in one event: no more of them are kept than the budget leaves", async () => {
    const words = chunk(...Array.from({ length: 8 }, (_, index) => token(`w${index} `)));
    const result = await run([fused("", [token("One "), words], 5), closed("One w0 w1 w2 w3 ")], {
      config: { maxThoughtTokens: 5 },
    });
    expect(result.record).toMatchObject({ stopReason: "budget", steps: [{ tokens: 5 }] });
  });

  it("F3: events without text or token", async () => {
    const result = await run(
      [fused("", [token("One"), ...many(5 + OTHER_EVENTS, NOTHING)], 5), closed("One")],
      { config: { maxThoughtTokens: 5 } },
    );
    expect(result.record).toMatchObject({ stopReason: "budget", steps: [{ end: "length" }] });
  });

  it.each([
    ["words", "x", "xxx"],
    ["line breaks", "\n", ""],
    ["blanks", " ", "   "],
  ])("F3: large's step of %s: small goes on, as behind any cap", async (_name, text, written) => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", many(4, bare(text)), 3),
        fused(written, text === "x" ? [token("."), ...CLOSE] : CLOSE),
        closed(text === "x" ? "xxx." : written),
      ],
      { config: { maxStepTokens: 3 } },
    );
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - close"]);
    expect(result.record.steps[0]?.parts[0]).toMatchObject({ tokens: 3 });
    expect(result.record.usage.large).toMatchObject({ estimated: true });
  });

  it("F3: large's step of nothing costs what was asked for; small goes on without asking it again", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", many(3 + OTHER_EVENTS + 1, NOTHING), 3),
        fused("", [token("A", HIGH), token("."), end("length")], 2),
        closed("A."),
      ],
      { config: { maxStepTokens: 3, maxThoughtTokens: 5 } },
    );
    expect(partsOf(result)).toEqual(["large 1.8 length", "small - length"]);
    expect(result.record).toMatchObject({
      stopReason: "budget",
      steps: [{ tokens: 5, parts: [{ tokens: 3 }, { tokens: 2 }] }],
    });
  });

  it("F3: a step that is whole does not wait for ever for the server's last word", async () => {
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One."), bare("\n\n"), ...many(3 + OTHER_EVENTS - 1, NOTHING)], 3),
        fused("One.\n\n", CLOSE),
        closed("One.\n\n"),
      ],
      { config: { maxStepTokens: 3 } },
    );
    expect(result.record.steps).toMatchObject([{ end: "boundary", tokens: 2 }]);
  });

  it.each([
    ["in events of their own", [token("One", HIGH), token(" two")]],
    ["in one event", [chunk(token("One", HIGH), token(" two"))]],
  ])(
    "F3: a probe of more than one token, %s: the first one is the glimpse",
    async (_name, items) => {
      const result = await run(
        [probe("", ...items), step("large", "", [bare("So."), end("eos")]), closed("So.")],
        { config: { glimpse: "probe" } },
      );
      expect(partsOf(result)).toEqual(["large 1.8 eos"]);
      expect(result.record.steps).toMatchObject([{ token: "One" }]);
    },
  );

  it("F3: a probe of nothing is an error, not asked again for ever", async () => {
    const error = await failure([probe("", ...many(1 + OTHER_EVENTS + 1, NOTHING))], {
      config: { glimpse: "probe" },
    });
    expect(error.cause).toMatchObject({ reason: "no_logprobs" });
  });

  it.each([
    ["words", [...many(4, bare("4"))], "444", 3],
    ["nothing", [bare("4"), ...many(3 + OTHER_EVENTS, NOTHING)], "4", 3],
  ])("F3: an answer of %s", async (_name, items, text, tokens) => {
    const result = await run([fused("", CLOSE), answer("large", "\n</think>\n\n", items, 3)], {
      config: { maxAnswerTokens: 3 },
    });
    expect(result.answer).toBe(text);
    expect(result.record.answer).toMatchObject({ end: "length", tokens });
  });

  it("F3: a server that keeps to the limit ends the request itself, and its report counts", async () => {
    const usage = { input_tokens: 10, output_tokens: 3 };
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [...many(3, bare("x")), end("length", usage)], 3),
        fused("xxx", [token("."), ...CLOSE]),
        closed("xxx."),
      ],
      { config: { maxStepTokens: 3 } },
    );
    expect(result.record.usage.large).toMatchObject({
      input_tokens: 10 + 15,
      output_tokens: 3 + 1,
    });
  });
});

describe("F13: nonsense in `usage` does not steer the thought", () => {
  const NONSENSE: readonly (readonly [string, unknown])[] = [
    ["8192 for two tokens", 8192],
    ["a word", "many"],
    ["a number as text", "2"],
    ["less than nothing", -1e6],
    ["more than there is", 1e308],
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["a fraction", 1.5],
    ["nothing for a text", 0],
    ["null", null],
    ["undefined", undefined],
    ["an object", {}],
  ];

  it.each(NONSENSE)("F13: %s as completion tokens", async (_name, output_tokens) => {
    const usage = { input_tokens: 10, output_tokens } as TokenUsage;
    const result = await run([
      fused("", [token("A.\n\n"), token("B", HIGH)]),
      step("large", "A.\n\n", [bare("One"), bare("."), end("stop", usage)], 512),
      // What is left is as if nothing had been reported.
      fused("A.\n\nOne.\n\n", [token("x"), ...CLOSE], 8192 - 3),
      answer("large", "A.\n\nOne.\n\nx\n</think>\n\n", [bare("42"), end("eos", usage)]),
    ]);
    expect(result.record).toMatchObject({
      steps: [{ tokens: 1 }, { tokens: 2 }, { tokens: 2 }],
      largeShare: 0.4,
      answer: { tokens: 1 },
      stopReason: "closed",
      usage: { large: { input_tokens: 20, output_tokens: 3, estimated: true } },
    });
  });

  it.each(NONSENSE.filter(([, value]) => value !== 8192 && value !== 0))(
    "F13: %s as prompt tokens",
    async (_name, input_tokens) => {
      const usage = { input_tokens, output_tokens: 2 } as TokenUsage;
      const result = await run([
        fused("", [token("B", HIGH)]),
        step("large", "", [bare("One"), bare("."), end("stop", usage)]),
        fused("One.\n\n", CLOSE),
        closed("One.\n\n"),
      ]);
      // The prompt's 10 for the step, and 13 for the answer behind it.
      expect(result.record.usage.large).toEqual({
        input_tokens: 23,
        cached_tokens: null,
        output_tokens: 3,
        discarded_tokens: 0,
        estimated: true,
      });
    },
  );

  it("F13: more prompt tokens than the context holds", async () => {
    const usage = { input_tokens: 5000, output_tokens: 2 };
    const result = await run(
      [
        fused("", [token("B", HIGH)]),
        step("large", "", [bare("One."), end("stop", usage)]),
        fused("One.\n\n", CLOSE),
        closed("One.\n\n"),
      ],
      { openings: { large: { contextSize: 4096 } } },
    );
    expect(result.record.usage.large).toMatchObject({ input_tokens: 23, estimated: true });
  });

  it("F13: it does not tell a full context from our own limit either", async () => {
    const usage = { input_tokens: 10, output_tokens: -1 };
    const result = await run(
      [
        fused("", [token("A", HIGH)]),
        step("large", "", [bare("One is"), end("length", usage)], 3),
        fused("One is", [token(" it."), ...CLOSE]),
        closed("One is it."),
      ],
      { config: { maxStepTokens: 3 } },
    );
    expect(result.record.stopReason).toBe("closed");
  });

  it.each([8192, -5, 1.5, Number.NaN, "2"])(
    "F13: %s tokens of half a character are none",
    async (count) => {
      const cut = { ...end("length"), textless: count as number };
      const result = await run(
        [
          fused("", [token("A", HIGH)]),
          step("large", "", [bare("One"), bare(" is"), cut], 2),
          fused("One is", [token(" it."), ...CLOSE]),
          closed("One is it."),
        ],
        { config: { maxStepTokens: 2 } },
      );
      expect(result.record.steps[0]?.parts[0]).toMatchObject({ route: "large", tokens: 2 });
    },
  );

  it("F13: running totals in mid-stream likewise", async () => {
    const usage = { input_tokens: 10, output_tokens: "many" } as unknown as TokenUsage;
    const result = await run([
      fused("", [{ ...token("A.\n\n"), usage }, { ...token("B"), usage }, ...CLOSE]),
      closed("A.\n\nB"),
    ]);
    expect(result.record.usage.small).toMatchObject({
      input_tokens: 10,
      output_tokens: 3,
      estimated: true,
    });
  });

  it("a model's own reasoning was paid for, but is none of the step's tokens", async () => {
    const usage = { input_tokens: 10, output_tokens: 3002, reasoning_tokens: 3000 };
    const result = await run([
      fused("", [token("A", HIGH)]),
      step("large", "", [bare("One."), end("stop", usage)], 512),
      fused("One.\n\n", CLOSE, 8192 - 2),
      closed("One.\n\n"),
    ]);
    expect(result.record).toMatchObject({
      steps: [{ tokens: 2 }],
      usage: { large: { output_tokens: 3003 } },
    });
  });
});

describe("F13: nonsense of a writer about context and prompt", () => {
  it.each([Number.NaN, -5, 0, 1.5, "4096", undefined])(
    "F13: a context of %s is unknown",
    async (size) => {
      const contextSize = size as number;
      await run([fused("", CLOSE, 8192), closed("")], {
        openings: { small: { contextSize }, large: { contextSize } },
      });
    },
  );

  it.each([Number.NaN, -5, 1.5, "12", undefined])(
    "F13: a prompt of %s tokens is unknown",
    async (count) => {
      const promptTokens = count as number;
      await run([fused("", CLOSE, 4096 - 10), closed("")], {
        openings: { small: { promptTokens, contextSize: 4096 - 10 } },
      });
    },
  );
});

describe("U5: what an open request has cost is counted where the thought fails", () => {
  it.each<[string, ScriptItem]>([
    ["an error in mid-stream", new Error("gone")],
    ["a cut", CUT],
  ])("U5: %s", async (_name, last) => {
    const error = await failure([fused("", [token("One"), token(" two."), last])]);
    expect(error.state).toMatchObject({
      stream: null,
      usage: {
        small: { input_tokens: 10, output_tokens: 2, estimated: true },
        large: { input_tokens: 0, output_tokens: 0, estimated: false },
      },
    });
  });

  it("U5: what the server has reported so far is no estimate", async () => {
    const usage = { input_tokens: 11, output_tokens: 2 };
    const error = await failure([fused("", [token("One"), { ...token("."), usage }, CUT])]);
    expect(error.state?.usage.small).toMatchObject({ ...usage, estimated: false });
  });

  it("U5: in a step of large's, beside what was booked before", async () => {
    const error = await failure([
      fused("", [token("One.\n\n"), token("Two", HIGH)]),
      step("large", "One.\n\n", [bare("Two"), bare(" is"), new Error("gone")]),
    ]);
    expect(error.state?.usage).toMatchObject({
      small: { input_tokens: 10, output_tokens: 2, discarded_tokens: 1, estimated: true },
      // It was handed out.
      large: { input_tokens: 11, output_tokens: 2, discarded_tokens: 0, estimated: true },
    });
  });

  it("U5: a request that was refused has cost nothing that we know of", async () => {
    const error = await failure([fused("", [new Error("401")])]);
    expect(error.state).toMatchObject({ stream: null, requests: { small: 1 } });
    expect(error.state?.usage.small).toEqual({
      input_tokens: 0,
      cached_tokens: null,
      output_tokens: 0,
      discarded_tokens: 0,
      estimated: false,
    });
  });
});
