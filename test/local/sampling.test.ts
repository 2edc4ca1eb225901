import { afterAll, beforeAll, expect, it } from "vitest";
import { GlimpRouterError } from "../../src/errors.js";
import { LocalChatModel } from "../../src/local/index.js";
import { GLIMPSE_AT, SMALL_GGUF, TAPE, write } from "./embedded-models.js";

let model: LocalChatModel;
beforeAll(async () => {
  model = await LocalChatModel.load({
    model: SMALL_GGUF,
    gpu: false,
    threads: 1,
    temperature: 3,
    topP: 1,
    topK: 0,
    seed: 11,
  });
});
afterAll(() => model.dispose());

it("gives the same text for the same seed, and another for another", async () => {
  const texts = await Promise.all(
    [11, 11, 12].map(async (seed) => (await model.invoke(TAPE, { seed, maxTokens: 40 })).text),
  );
  expect(texts[0]).toHaveLength(texts[1]?.length ?? 0);
  expect(texts[0]).toBe(texts[1]);
  expect(texts[2]).not.toBe(texts[0]);
});

it("takes another seed for every call where none is given", async () => {
  const unseeded = await LocalChatModel.load({
    model: SMALL_GGUF,
    gpu: false,
    threads: 1,
    temperature: 3,
    topP: 1,
    topK: 0,
  });
  const first = await unseeded.invoke(TAPE, { maxTokens: 40 });
  const second = await unseeded.invoke(TAPE, { maxTokens: 40 });
  expect(second.text).not.toBe(first.text);
  await unseeded.dispose();
});

it("samples from the same seed where it reads the distribution, too", async () => {
  const how = { maxTokens: 30, topLogprobs: 20, glimpseAt: GLIMPSE_AT };
  const [first, second] = [await write(model, "", how), await write(model, "", how)];
  expect(second.text).toBe(first.text);
  const everywhere = await write(model, "", { maxTokens: 40, topLogprobs: 5 });
  // At this temperature the likeliest token is often not the one that is chosen.
  const chosen = everywhere.items.map(({ tokens }) => tokens[0]);
  expect(chosen.filter((token) => token?.token !== token?.top[0]?.token).length).toBeGreaterThan(5);
  expect(chosen.every((token) => (token?.logprob ?? 1) <= 0)).toBe(true);
});

it("is greedy for one write at temperature 0, as a probe asks", async () => {
  const greedy = await write(model, "", { maxTokens: 40, temperature: 0 });
  expect(greedy.text.startsWith(TAPE)).toBe(true);
});

it("keeps to the likeliest token with topK 1, at any temperature", async () => {
  const greedy = await model.invoke(TAPE, { temperature: 0 });
  const single = await model.invoke(TAPE, { topK: 1, logprobs: true });
  const nucleus = await model.invoke(TAPE, { topP: 1e-9 });
  expect(single.text).toBe(greedy.text);
  expect(nucleus.text).toBe(greedy.text);
});

it.each([
  [{ temperature: -1 }, "Expected `temperature` to be 0 or more, got -1."],
  [{ temperature: Number.NaN }, "Expected `temperature` to be 0 or more, got NaN."],
  [{ topP: 0 }, "Expected `topP` to be above 0 and at most 1, got 0."],
  [{ topP: 1.5 }, "Expected `topP` to be above 0 and at most 1, got 1.5."],
  [{ topK: 1.5 }, "Expected `topK` to be a whole number, 0 or more, got 1.5."],
  [{ seed: 0.5 }, "Expected `seed` to be a whole number, got 0.5."],
  [{ maxTokens: 0 }, "Expected `maxTokens` to be 1 or more, got 0."],
  [{ topLogprobs: -1 }, "Expected `topLogprobs` to be a whole number, 0 or more, got -1."],
  [{ stop: ["\n", ""] }, 'Expected `stop` strings that are not empty, got "".'],
])("refuses %j", async (options, message) => {
  const error = await model.invoke(TAPE, options).catch((thrown: unknown) => thrown);
  expect(GlimpRouterError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ reason: "invalid_option", message });
  await expect(LocalChatModel.load({ model: SMALL_GGUF, ...options })).rejects.toMatchObject({
    reason: "invalid_option",
    message,
  });
});
