import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { always, GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { type EmbeddedPair, embeddedPair, LocalChatModel } from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { recordOf } from "../langchain/record-of.js";
import { GLIMPSE_AT, openTape, write } from "./embedded-models.js";

const file = (name: string) => fileURLToPath(new URL(`../../models/${name}`, import.meta.url));
const LARGE = file("words-large.gguf");
const PROMPTS = JSON.parse(readFileSync(file("words-problems.json"), "utf8"))
  .slice(0, 3)
  .map(({ prompt }: { readonly prompt: string }) => prompt) as readonly string[];
const [PROBLEM = ""] = PROMPTS;

let pair: EmbeddedPair;
let drafted: LocalChatModel;
let byLookup: LocalChatModel;
/** What large writes of the first problem, without a draft. */
let alone: string;
beforeAll(async () => {
  pair = await embeddedPair({ pair: "words" });
  [drafted, byLookup] = (await Promise.all(
    [pair.small, "lookup" as const].map((draft) =>
      LocalChatModel.load({ model: LARGE, gpu: false, draft }),
    ),
  )) as [LocalChatModel, LocalChatModel];
  alone = (await write(pair.large, "", { maxTokens: 400 }, PROBLEM)).text;
}, 120_000);
afterAll(async () => {
  await Promise.all([drafted?.dispose(), byLookup?.dispose()]);
  await pair?.dispose();
});

const told = (reply: { readonly response_metadata: Record<string, unknown> }) =>
  reply.response_metadata.speculation as { drafted: number; accepted: number } | undefined;

describe("greedy text is the same, byte for byte", () => {
  it("whole replies, and most of their tokens were drafted by small", async () => {
    let [tokens, accepted] = [0, 0];
    for (const prompt of PROMPTS.slice(1)) {
      const plain = await pair.large.invoke(prompt);
      expect(told(plain)).toBeUndefined();
      const reply = await drafted.invoke(prompt);
      expect(reply.text).toBe(plain.text);
      expect((await byLookup.invoke(prompt)).text).toBe(plain.text);
      tokens += reply.usage_metadata?.output_tokens ?? 0;
      const { drafted: of = 0, accepted: right = 0 } = told(reply) ?? {};
      expect(right).toBeLessThanOrEqual(of);
      accepted += right;
    }
    expect(accepted / tokens).toBeGreaterThan(0.7);
  });

  it("the text's own repetitions draft some", async () => {
    const { drafted: of = 0, accepted = 0 } = told(await byLookup.invoke(PROBLEM)) ?? {};
    expect(accepted).toBeGreaterThan(0);
    expect(of).toBeGreaterThan(accepted);
  });

  it("up to a boundary, a stop string inside a token, and on behind them", async () => {
    for (const stop of ["\n\n", " ="]) {
      const plain = await write(pair.large, "", { stop: [stop], maxTokens: 400 }, PROBLEM);
      const same = await write(drafted, "", { stop: [stop], maxTokens: 400 }, PROBLEM);
      expect(same.text).toBe(plain.text);
      expect(same.end.reason).toBe(plain.end.reason);
      expect(same.end.usage.output_tokens).toBe(plain.end.usage.output_tokens);
      const on = await write(drafted, plain.text, { maxTokens: 400 }, PROBLEM);
      const onward = await write(pair.large, plain.text, { maxTokens: 400 }, PROBLEM);
      expect(on.text).toBe(onward.text);
    }
  });

  it("cut by a limit anywhere, no draft goes beyond it, and the cache holds what was read", async () => {
    for (const maxTokens of [1, 2, 3, 12, 13, 40]) {
      const first = await write(drafted, "", { maxTokens }, PROBLEM);
      expect(alone.startsWith(first.text)).toBe(true);
      expect(first.end).toMatchObject({ reason: "length", usage: { output_tokens: maxTokens } });
      const { speculation } = first.end.usage as { speculation?: { drafted: number } };
      if (maxTokens === 1) expect(speculation).toEqual({ drafted: 0, accepted: 0 });
      const rest = await write(drafted, first.text, { maxTokens: 5 }, PROBLEM);
      // All but the last token, which nobody asked what comes behind.
      const { input_tokens, cached_tokens } = rest.end.usage;
      expect(input_tokens - cached_tokens).toBe(1);
      expect(alone.startsWith(first.text + rest.text)).toBe(true);
    }
  });

  it("after an abort in the middle of a draft", async () => {
    const one = await LocalChatModel.load({
      model: LARGE,
      gpu: false,
      draft: pair.small,
      sequences: 1,
    });
    for (const at of [1, 4, 5, 9]) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const opening = await openTape(one, PROBLEM);
      const how = { maxTokens: 400, topLogprobs: 0 };
      let items = 0;
      const read = async () => {
        for await (const _ of one[STEP_WRITER].write(opening, "", how, controller.signal)) {
          items++;
          if (items === at) controller.abort(reason);
        }
      };
      await expect(read()).rejects.toBe(reason);
      expect(items).toBe(at);
      const { text } = await write(one, "", { maxTokens: 40 }, PROBLEM);
      expect(text.length).toBeGreaterThan(80);
      expect(alone.startsWith(text)).toBe(true);
    }
    await one.dispose();
  });

  it("where a reader leaves, its sequence and small's are free again", async () => {
    const opening = await openTape(drafted, PROBLEM);
    // More often than either has sequences.
    for (let left = 0; left < 9; left++) {
      for await (const _ of drafted[STEP_WRITER].write(opening, "", {
        maxTokens: 9,
        topLogprobs: 0,
      }))
        if (left % 2 === 0) break;
    }
    expect((await drafted.invoke(PROBLEM)).text).toBe(alone);
    expect((await pair.small.invoke(PROBLEM)).text).not.toBe("");
  });

  it("six calls at once, more than there are sequences", async () => {
    const calls = Array.from({ length: 6 }, (_, call) => 10 + 5 * call);
    const texts = await Promise.all(
      calls.map(async (maxTokens) => (await drafted.invoke(PROBLEM, { maxTokens })).text),
    );
    expect(texts.every((text) => alone.startsWith(text))).toBe(true);
    expect(new Set(texts).size).toBe(6);
  });
});

describe("a routed reply", () => {
  const fields = ({ glimpseAt }: EmbeddedPair): Partial<GlimpRouterFields> => ({
    ...(glimpseAt === undefined ? {} : { glimpseAt }),
  });

  it("has the same routes and text over every hand-off, and tells large's parts what was drafted", async () => {
    const models = { small: pair.small, threshold: pair.threshold, ...fields(pair) };
    const plain = new GlimpRouterChatModel({ ...models, large: pair.large });
    const router = new GlimpRouterChatModel({ ...models, large: drafted });
    let byLarge = 0;
    for (const prompt of PROMPTS.slice(0, 2)) {
      const [expected, reply] = [await plain.invoke(prompt), await router.invoke(prompt)];
      expect(reply.text).toBe(expected.text);
      expect(reply.additional_kwargs).toEqual(expected.additional_kwargs);
      const parts = recordOf(reply).steps.flatMap((step) => step.parts);
      const others = recordOf(expected).steps.flatMap((step) => step.parts);
      const plainly = parts.map(({ ms: _, speculation: __, ...part }) => part);
      expect(plainly).toEqual(others.map(({ ms: _, speculation: __, ...part }) => part));
      expect(others.every(({ speculation }) => speculation === null)).toBe(true);
      for (const { route, speculation } of parts) {
        expect(speculation === null).toBe(route === "small");
        byLarge += speculation?.accepted ?? 0;
      }
      expect(recordOf(reply).answer?.speculation?.accepted).toBeGreaterThan(0);
      expect(recordOf(expected).answer?.speculation).toBeNull();
      expect(JSON.parse(JSON.stringify(recordOf(reply)))).toEqual(recordOf(reply));
    }
    expect(byLarge).toBeGreaterThan(0);
  });

  it("one drafted model in both roles gives its own text", async () => {
    const router = new GlimpRouterChatModel({
      ...fields(pair),
      policy: always("large"),
      small: drafted,
      large: drafted,
    });
    const reply = await router.invoke(PROBLEM);
    expect(`${reply.additional_kwargs.reasoning_content}\n</think>\n\n${reply.text}`).toBe(alone);
    expect(recordOf(reply).handoffs).toBeGreaterThan(0);
  });

  it("glimpses are the model's own, between tokens that were drafted", async () => {
    const how = { maxTokens: 60, topLogprobs: 20, glimpseAt: GLIMPSE_AT };
    const plain = await write(pair.large, "", how, PROBLEM);
    const same = await write(drafted, "", how, PROBLEM);
    const tokens = ({ items }: typeof plain) => items.flatMap((item) => item.tokens);
    expect(tokens(same).map(({ token }) => token)).toEqual(tokens(plain).map(({ token }) => token));
    const glimpses = tokens(plain).flatMap(({ top }, index) => (top.length > 0 ? [index] : []));
    expect(glimpses.length).toBeGreaterThan(1);
    for (const index of glimpses) {
      const [one, other] = [tokens(plain)[index], tokens(same)[index]];
      expect(other?.top).toHaveLength(one?.top.length ?? 0);
      // Evaluated in another batch: F16 arithmetic moves the last digits.
      expect(other?.logprob).toBeCloseTo(one?.logprob ?? Number.NaN, 2);
    }
    const { speculation } = same.end.usage as { speculation?: { accepted: number } };
    expect(speculation?.accepted).toBeGreaterThan(0);
  });
});

interface Listed {
  readonly token: string;
  readonly logprob: number;
}

it("asked for log-probabilities, the model writes without a draft, and they are right", async () => {
  const how = { logprobs: true, topLogprobs: 3, maxTokens: 20 };
  const [plain, reply] = [
    await pair.large.invoke(PROBLEM, how),
    await drafted.invoke(PROBLEM, how),
  ];
  expect(told(reply)).toEqual({ drafted: 0, accepted: 0 });
  const listed = ({ response_metadata }: typeof plain) =>
    (response_metadata.logprobs as { readonly content: readonly Listed[] }).content;
  expect(listed(reply).map(({ token }) => token)).toEqual(listed(plain).map(({ token }) => token));
  for (const [index, { logprob }] of listed(plain).entries()) {
    // The cache was written in other batches: F16 arithmetic moves the last digits.
    expect(listed(reply)[index]?.logprob).toBeCloseTo(logprob, 2);
  }
});
