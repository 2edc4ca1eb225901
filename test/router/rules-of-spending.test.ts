import { describe, expect, it } from "vitest";
import { answerEntropy } from "../../src/core/early-exit/answer-entropy.js";
import type { Prices } from "../../src/core/reply-cost.js";
import type { Judge } from "../../src/router/judge-step.js";
import { reduceThought, type ThoughtInput } from "../../src/router/reduce-thought.js";
import { startThought } from "../../src/router/thought-state.js";
import type { VerifyConfig } from "../../src/router/verification.js";
import { CONFIG, failure, type Run, run } from "./run-thought.js";
import { answer, CLOSE, closed, fused, probe, step } from "./scripted-requests.js";
import { bare, end, HIGH, token } from "./tokens.js";

/** Closing bytes, which the router writes itself, are counted as so many tokens of what the answer reads. */
const CLOSING = 16;

const usage = (input_tokens: number, output_tokens: number) => ({ input_tokens, output_tokens });

/** The prompt has 10 tokens for each model. */
const PROMPT = 10;
const TOKENS = { maxTotalTokens: 200, maxAnswerTokens: 20 };

const PRICES: Prices = { small: { input: 1, output: 4 }, large: { input: 10, output: 40 } };
const MONEY = { maxCost: 0.004, maxAnswerTokens: 20, prices: PRICES };

const spentBy = ({ record: { usage } }: Run) =>
  Object.values(usage).reduce((sum, each) => sum + each.input_tokens + each.output_tokens, 0);

describe("maxTotalTokens", () => {
  it("a request may write what leaves room for the answer, which reads it once more", async () => {
    const room = (200 - PROMPT - (PROMPT + CLOSING) - 20) / 2;
    expect(room).toBe(72);
    const words = Array.from({ length: room }, (_, index) => token(`w${index} `));
    const thought = words.map(({ text }) => text).join("");
    const result = await run(
      [
        fused("", [...words, end("length", usage(PROMPT, room))], room),
        answer("large", `${thought}\n</think>\n\n`, [bare("42"), end("eos", usage(98, 20))], 20),
      ],
      { config: TOKENS },
    );
    expect(result.record).toMatchObject({
      stopReason: "tokens",
      steps: [{ tokens: room, end: "length" }],
      answer: { end: "eos" },
    });
    expect(spentBy(result)).toBe(200);
  });

  it("large's step is shorter where less is left, and then the thought is closed", async () => {
    // 105 are spent; large reads 11, the answer 27, and may write 20.
    const left = 200 - 105 - 11 - 27 - 20;
    const room = Math.floor(left / 2);
    const words = Array.from({ length: room }, () => bare("x"));
    const thought = `One.\n\n${"x".repeat(room)}`;
    const result = await run(
      [
        fused("", [token("One.\n\n"), { ...token("A", HIGH), usage: usage(100, 5) }]),
        step("large", "One.\n\n", [...words, end("length", usage(11, room))], room),
        answer("large", `${thought}\n</think>\n\n`, [bare("42"), end("eos")], 20),
      ],
      { config: TOKENS },
    );
    expect(result.record).toMatchObject({ stopReason: "tokens", steps: [{}, { end: "length" }] });
  });

  it("a hand-off that cannot be paid closes the thought; the answer has its room", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), { ...token("A", HIGH), usage: usage(140, 5) }]),
        answer("large", "One.\n\n</think>\n\n", [bare("42"), end("eos", usage(27, 20))], 20),
      ],
      { config: TOKENS },
    );
    expect(result.record).toMatchObject({
      stopReason: "tokens",
      steps: [{ step: 1, end: "boundary" }],
      requests: { small: 1, large: 1 },
    });
    expect(result.answer).toBe("42");
    expect(spentBy(result)).toBeLessThanOrEqual(200);
  });

  it("so does a step that cannot be paid behind its probe", async () => {
    const result = await run(
      [
        probe("", token("One"), end("length", usage(150, 1))),
        answer("large", "\n</think>\n\n", [bare("42"), end("eos")], 20),
      ],
      { config: { ...TOKENS, glimpse: "probe" } },
    );
    expect(result.record).toMatchObject({ stopReason: "tokens", steps: [] });
  });

  it("without room for a thought there is an answer all the same", async () => {
    const result = await run([answer("large", "\n</think>\n\n", [bare("42"), end("eos")], 20)], {
      config: { maxTotalTokens: 48, maxAnswerTokens: 20 },
    });
    expect(result.record).toMatchObject({ stopReason: "tokens", steps: [], handoffs: 0 });
  });

  it("the answer's room is a quarter of the limit at most, as in a context", async () => {
    // 200 - 10 - 26 - 50, and each token twice.
    await run([fused("", CLOSE, 57), closed("")], {
      config: { maxTotalTokens: 200, maxAnswerTokens: 2048 },
    });
  });

  it("another limit that is tighter ends the thought by its own name", async () => {
    const result = await run(
      [fused("", [token("a"), token("b"), token("c"), end("length")], 3), closed("abc")],
      { config: { ...TOKENS, maxThoughtTokens: 3 } },
    );
    expect(result.record.stopReason).toBe("budget");
  });

  it("one that leaves no room for an answer is an error before the first request", async () => {
    const error = await failure([], { config: { ...TOKENS, maxTotalTokens: 30 } });
    expect(error.cause).toMatchObject({
      reason: "invalid_option",
      message: expect.stringMatching(/`maxTotalTokens` is 30: .* 10 tokens for the large model/),
    });
  });

  it("a prompt whose tokens nobody tells counts as its requests so far have read on the average", async () => {
    const result = await run(
      [
        // Nothing is known of large's: 400 - 10 - 16 - 20.
        fused("", [{ ...token("A", HIGH), usage: usage(10, 1) }], 177),
        step("large", "", [bare("So."), end("stop", usage(100, 2))]),
        // 113 are spent; small reads 12, the answer 100 and the closing.
        fused("So.\n\n", CLOSE, Math.floor((400 - 113 - 12 - 116 - 20) / 2)),
        closed("So.\n\n"),
      ],
      {
        config: { ...TOKENS, maxTotalTokens: 400 },
        openings: { large: { promptTokens: null } },
      },
    );
    expect(result.record.stopReason).toBe("closed");
  });
});

describe("a reply that one model writes as a whole, as a chat", () => {
  it.each(["tokens", "cost", "budget"] as const)(
    "ends by the limit that struck: %s",
    (limitedBy) => {
      const config = { ...CONFIG, thinking: false, answerIn: "chat" } as const;
      const opening = { kind: "x", data: null, opensThought: false };
      const sizes = { promptTokens: PROMPT, contextSize: null };
      const openings = { small: { ...opening, ...sizes }, large: { ...opening, ...sizes } };
      const how = { maxTokens: 1, topLogprobs: 0 };
      const request = { role: "large", purpose: "turn", thought: "", how, limitedBy } as const;
      const inputs: readonly ThoughtInput[] = [
        { type: "request", request },
        { type: "written", written: bare("Well"), ms: 1 },
        { type: "written", written: end("length"), ms: 1 },
      ];
      const { stopReason } = inputs.reduce(
        (state, input) => reduceThought(config, state, input).state,
        startThought(openings),
      );
      expect(stopReason).toBe(limitedBy);
    },
  );
});

describe("maxCost", () => {
  it("has each model's tokens at its price: 14 for one of small's that large reads, 50 for one of large's", async () => {
    // Of 4,000: small reads for 10, the answer for 260, and may write for 800.
    const small = Math.floor((4000 - 10 - 260 - 800) / 14);
    // 14 are spent, large reads for 100.
    const large = Math.floor((4000 - 14 - 100 - 260 - 800) / 50);
    const result = await run(
      [
        fused("", [{ ...token("A", HIGH), usage: usage(10, 1) }], small),
        step("large", "", [bare("So."), end("eos", usage(10, 2))], large),
        answer("large", "So.\n</think>\n\n", [bare("42"), end("eos", usage(20, 3))], 20),
      ],
      { config: MONEY },
    );
    expect(result.record.stopReason).toBe("eos");
    expect(result.record.cost).toBeCloseTo((14 + 100 + 80 + 200 + 120) / 1e6, 15);
  });

  it("closes the thought before a request that would leave no room for the answer", async () => {
    const result = await run(
      [
        fused("", [token("One.\n\n"), { ...token("A", HIGH), usage: usage(2900, 4) }]),
        // 4,000 - 2,916 - 270, at 40.
        answer("large", "One.\n\n</think>\n\n", [bare("42"), end("eos", usage(27, 20))], 20),
      ],
      { config: MONEY },
    );
    expect(result.record).toMatchObject({ stopReason: "cost", steps: [{ end: "boundary" }] });
    expect(result.record.cost).toBeLessThanOrEqual(0.004);
  });

  it("of two limits the tighter one counts", async () => {
    await run([fused("", CLOSE, 72), closed("")], { config: { ...MONEY, ...TOKENS } });
    const dear = { ...MONEY, ...TOKENS, maxTotalTokens: 100_000 };
    await run([fused("", CLOSE, 209), closed("")], { config: dear });
  });

  it("leaves no room for an answer: an error before the first request", async () => {
    const error = await failure([], { config: { ...MONEY, maxCost: 0.0002 } });
    expect(error.cause).toMatchObject({
      reason: "invalid_option",
      message: expect.stringContaining("`maxCost` is 0.0002"),
    });
  });
});

describe("what is asked beside the thought", () => {
  const verify: VerifyConfig = {
    by: "score",
    threshold: 0.5,
    when: "always",
    onFailure: "accept",
    timeoutMs: 1000,
  };

  /** Accepts, for so many tokens. */
  const costing = (input_tokens: number): Judge => {
    const asked = { role: "large", input_tokens, output_tokens: 1, cached_tokens: null } as const;
    return async () => ({ value: 0, asked: { ...asked, estimated: false } });
  };

  it("leaves the open stream less to write", async () => {
    // Spent: 10 + 1 and 101; the answer reads 27, and may write 20.
    const more = Math.floor((200 - 11 - 101 - 27 - 20) / 2);
    const words = Array.from({ length: more }, () => token("x"));
    const result = await run(
      [
        // The server was told of 72, and goes on.
        fused("", [token("One.\n\n"), ...words, token("y")], 72),
        closed(`One.\n\n${"x".repeat(more)}`),
      ],
      { config: { ...TOKENS, verify }, judge: costing(100) },
    );
    expect(result.record).toMatchObject({
      stopReason: "tokens",
      steps: [{ tokens: 1 }, { tokens: more, end: "length" }],
    });
    expect(spentBy(result)).toBeLessThanOrEqual(200);
  });

  it("a look at the answer likewise", async () => {
    const closeWhen = answerEntropy({ delta: 1e-9, timeoutMs: 50 });
    const look = probe("One.\n\n</think>\n\n", token("4"), end("length", usage(100, 1)));
    const more = Math.floor((200 - 11 - 101 - 27 - 20) / 2);
    const words = Array.from({ length: more }, () => token("x"));
    const result = await run(
      [
        fused("", [token("One.\n\n"), ...words, token("y")], 72),
        look,
        closed(`One.\n\n${"x".repeat(more)}`),
      ],
      { config: { ...TOKENS, closeWhen } },
    );
    expect(result.record).toMatchObject({
      stopReason: "tokens",
      steps: [{ tokens: 1 }, { tokens: more, end: "length" }],
      usage: { watch: { role: "small", input_tokens: 100 } },
    });
  });

  it("or nothing: then the thought is closed behind the step", async () => {
    const result = await run([fused("", [token("One.\n\n")]), closed("One.\n\n")], {
      config: { ...TOKENS, verify },
      judge: costing(150),
    });
    expect(result.record).toMatchObject({ stopReason: "tokens", steps: [{ end: "boundary" }] });
  });
});
