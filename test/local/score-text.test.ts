import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { openTape, TAPE, write } from "./embedded-models.js";

let pair: EmbeddedPair;
beforeAll(async () => {
  pair = await embeddedPair();
});
afterAll(() => pair.dispose());

const FIRST = `${TAPE}\n\n`;
const SECOND = "69, %6, +90, %9\n\n";

async function score(thought: string, text: string, topLogprobs = 0, signal?: AbortSignal) {
  const opening = await openTape(pair.large);
  return pair.large[STEP_WRITER].scorePrompt?.(opening, thought, text, { topLogprobs }, signal);
}

it("what a model wrote has the log-probabilities that it was written with", async () => {
  const { items } = await write(pair.large, FIRST, { topLogprobs: 5, maxTokens: SECOND.length });
  const written = items.flatMap(({ tokens }) => tokens);
  expect(written.map(({ token }) => token).join("")).toBe(SECOND);
  const scored = await score(FIRST, SECOND, 5);
  expect(scored?.tokens.map(({ token }) => token)).toEqual(written.map(({ token }) => token));
  for (const [index, { logprob, top }] of (scored?.tokens ?? []).entries()) {
    expect(logprob).toBeCloseTo(written[index]?.logprob ?? Number.NaN, 3);
    expect(top.map(({ token }) => token)).toEqual(written[index]?.top.map(({ token }) => token));
  }
});

it("a wrong digit is unlikely where it stands", async () => {
  const scored = await score(FIRST, SECOND.replace("69", "68"));
  const logprobs = scored?.tokens.map(({ logprob }) => logprob ?? 0) ?? [];
  expect(logprobs[0]).toBeGreaterThan(-0.5);
  expect(logprobs[1]).toBeLessThan(-3);
});

it("only the text is evaluated, and whoever goes on behind it finds both", async () => {
  await score(FIRST, SECOND);
  const before = pair.large.evaluatedTokens;
  const scored = await score(FIRST + SECOND, "3, +90, %9\n\n");
  const length = scored?.tokens.length ?? 0;
  // Of the last token nobody asked what comes behind it; that before the text tells of its first one.
  expect(pair.large.evaluatedTokens - before).toBe(length);
  const { end } = await write(pair.large, `${FIRST}${SECOND}3, +90, %9\n\n`, { maxTokens: 1 });
  expect(end.usage.input_tokens - end.usage.cached_tokens).toBe(1);
});

it("an abort ends it at once, and the sequence is free again", async () => {
  const gone = AbortSignal.abort(new Error("no longer wanted"));
  await expect(score(FIRST, SECOND, 0, gone)).rejects.toThrow("no longer wanted");
  const controller = new AbortController();
  const scoring = score("", FIRST.repeat(8), 0, controller.signal);
  controller.abort(new Error("left"));
  await expect(scoring).rejects.toThrow("left");
  expect((await score(FIRST, SECOND))?.tokens).toHaveLength(SECOND.length);
});

it("what is longer than the context is refused with both figures", async () => {
  await expect(score("", FIRST.repeat(30))).rejects.toMatchObject({
    reason: "context",
    message: expect.stringMatching(/\d+ tokens.*room for 512/),
  });
});
