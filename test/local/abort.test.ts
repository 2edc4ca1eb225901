import { afterAll, beforeAll, expect, it } from "vitest";
import { LocalChatModel } from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { openTape, SMALL_GGUF, TAPE, write } from "./embedded-models.js";

/** One sequence only: a call that does not give it back blocks all later ones. */
let model: LocalChatModel;
beforeAll(async () => {
  model = await LocalChatModel.load({ model: SMALL_GGUF, gpu: false, threads: 1, sequences: 1 });
});
afterAll(() => model.dispose());

it("rejects at once where the signal is aborted already, and evaluates nothing", async () => {
  const reason = new Error("too late");
  const signal = AbortSignal.abort(reason);
  const before = model.evaluatedTokens;
  await expect(model.invoke(TAPE, { signal })).rejects.toThrow();
  const opening = await openTape(model);
  const how = { maxTokens: 5, topLogprobs: 0 };
  const written = model[STEP_WRITER].write(opening, "", how, signal)[Symbol.asyncIterator]();
  await expect(written.next()).rejects.toBe(reason);
  expect(model.evaluatedTokens).toBe(before);
});

it("ends within one token of the abort, with the signal's reason", async () => {
  const opening = await openTape(model);
  const controller = new AbortController();
  const reason = new Error("enough");
  const texts: string[] = [];
  const read = async (): Promise<void> => {
    const how = { maxTokens: 100, topLogprobs: 0 };
    for await (const item of model[STEP_WRITER].write(opening, "", how, controller.signal)) {
      if (item.type === "text") texts.push(item.text);
      if (texts.length === 5) controller.abort(reason);
    }
  };
  const before = model.evaluatedTokens;
  await expect(read()).rejects.toBe(reason);
  expect(texts).toHaveLength(5);
  // The prompt and four of the five tokens: nothing is evaluated after the abort.
  expect(model.evaluatedTokens - before).toBe((opening.promptTokens ?? 0) + 4);
});

it("ends while a token is being evaluated", async () => {
  const opening = await openTape(model);
  const controller = new AbortController();
  const how = { maxTokens: 100, topLogprobs: 0 };
  const written = model[STEP_WRITER]
    .write(opening, "", how, controller.signal)
    [Symbol.asyncIterator]();
  await written.next();
  const next = written.next();
  controller.abort();
  await expect(next).rejects.toMatchObject({ name: "AbortError" });
  expect(await written.next()).toEqual({ done: true, value: undefined });
});

it("does not wait for a long prompt's evaluation", async () => {
  const opening = await openTape(model, "15, +1");
  const controller = new AbortController();
  const how = { maxTokens: 100, topLogprobs: 0 };
  const thought = "5, +1\n\n".repeat(60);
  const written = model[STEP_WRITER]
    .write(opening, thought, how, controller.signal)
    [Symbol.asyncIterator]();
  const next = written.next();
  setImmediate(() => controller.abort(new Error("changed my mind")));
  await expect(next).rejects.toThrow("changed my mind");
  // The engine finishes what it began before the sequence goes to someone else.
  expect((await write(model, "", { maxTokens: 22 })).text).toBe(`${TAPE}\n\n`);
});

it("frees the sequence of a call that nobody reads on, and of one that was aborted", async () => {
  const opening = await openTape(model);
  const how = { maxTokens: 100, topLogprobs: 0 };
  for await (const _ of model[STEP_WRITER].write(opening, "", how)) break;
  const unread = model[STEP_WRITER].write(opening, "", how)[Symbol.asyncIterator]();
  await unread.next();
  await unread.return?.();
  expect((await write(model, "", { maxTokens: 22 })).text).toBe(`${TAPE}\n\n`);
});

it("ends a call that waits for a free sequence, and leaves the others in line", async () => {
  const opening = await openTape(model);
  const how = { maxTokens: 100, topLogprobs: 0 };
  const holder = model[STEP_WRITER].write(opening, "", how)[Symbol.asyncIterator]();
  await holder.next();

  const controller = new AbortController();
  const waiting = model.invoke(TAPE, { signal: controller.signal });
  const behind = model.invoke("15, +1");
  controller.abort(new Error("no patience"));
  await expect(waiting).rejects.toThrow();

  await holder.return?.();
  expect((await behind).text).toContain("\\boxed{16}");
});

it("aborts a stream of the chat model", async () => {
  const controller = new AbortController();
  const chunks: string[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of await model.stream(TAPE, { signal: controller.signal })) {
      chunks.push(chunk.text);
      if (chunks.length === 3) controller.abort();
    }
  };
  await expect(read()).rejects.toMatchObject({ name: "AbortError" });
  expect(chunks).toHaveLength(3);
  expect((await model.invoke("15, +1")).text).toContain("\\boxed{16}");
});
