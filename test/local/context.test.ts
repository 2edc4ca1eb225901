import { afterAll, beforeAll, expect, it } from "vitest";
import { GlimpRouterError } from "../../src/errors.js";
import { LocalChatModel } from "../../src/local/index.js";
import { openTape, SMALL_GGUF, TAPE, write } from "./embedded-models.js";

/** Smaller than what the engine rounds it up to (256): ours is the limit that counts. */
const CONTEXT_SIZE = 64;

let model: LocalChatModel;
/** Its context is exactly the engine's own. */
let whole: LocalChatModel;
beforeAll(async () => {
  const options = { model: SMALL_GGUF, gpu: false, threads: 1, sequences: 1 } as const;
  model = await LocalChatModel.load({ ...options, contextSize: CONTEXT_SIZE });
  whole = await LocalChatModel.load(options);
});
afterAll(async () => {
  await model.dispose();
  await whole.dispose();
});

it("tells the context size, and the exact size of the prompt", async () => {
  const opening = await openTape(model);
  expect(opening.contextSize).toBe(CONTEXT_SIZE);
  // BOS, <|user|>, one per character, <|assistant|>, <think>, newline.
  expect(opening.promptTokens).toBe(1 + 1 + TAPE.length + 1 + 1 + 1);
  expect((await openTape(whole)).contextSize).toBe(512);
});

it("ends with `length` where the context is full, and never drops the beginning", async () => {
  const full = await write(model, "");
  expect(full.end.reason).toBe("length");
  expect(full.end.usage.input_tokens + full.end.usage.output_tokens).toBe(CONTEXT_SIZE);
  const unlimited = await write(whole, "");
  expect(unlimited.text.startsWith(full.text)).toBe(true);
  expect(full.items).toHaveLength(full.end.usage.output_tokens);
});

it("fills the engine's own context to the last token", async () => {
  const opening = await openTape(whole);
  // A thought that never ends by itself within the context: the tape again and again.
  const thought = `${TAPE}\n\n`.repeat(20);
  const { end } = await write(whole, thought, { maxTokens: 1000 });
  expect(end.reason).toBe("length");
  expect(end.usage.input_tokens).toBe((opening.promptTokens ?? 0) + thought.length);
  expect(end.usage.input_tokens + end.usage.output_tokens).toBe(512);
});

it("writes one token where there is room for one", async () => {
  const opening = await openTape(model);
  const thought = "5".repeat(CONTEXT_SIZE - 1 - (opening.promptTokens ?? 0));
  const { end, items } = await write(model, thought, { topLogprobs: 3 });
  expect(end).toMatchObject({
    reason: "length",
    usage: { input_tokens: CONTEXT_SIZE - 1, output_tokens: 1 },
  });
  expect(items[0]?.tokens[0]?.top).toHaveLength(3);
});

it("refuses a prompt that leaves no room for a token, with both numbers", async () => {
  const opening = await openTape(model);
  const thought = "5".repeat(CONTEXT_SIZE - (opening.promptTokens ?? 0));
  const error = await write(model, thought).catch((thrown: unknown) => thrown);
  expect(GlimpRouterError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ reason: "context" });
  expect(String(error)).toContain("has 64 tokens");
  expect(String(error)).toContain("has room for 64");
  await expect(model.invoke("9, +1".repeat(40))).rejects.toMatchObject({ reason: "context" });
});

it("ends with `length` at maxTokens", async () => {
  const { end, text } = await write(whole, "", { maxTokens: 5 });
  expect(end).toMatchObject({ reason: "length", usage: { output_tokens: 5 } });
  expect(text).toBe(TAPE.slice(0, 5));
});
