import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalChatModel } from "../../src/local/index.js";
import { STEP_WRITER } from "../../src/router/step-writer.js";
import { openTape, SMALL_GGUF, write } from "./embedded-models.js";

const file = (name: string) => fileURLToPath(new URL(`../../models/${name}`, import.meta.url));
const LARGE = file("words-large.gguf");
const SMALL = file("words-small.gguf");
const PROBLEM: string = JSON.parse(readFileSync(file("words-problems.json"), "utf8"))[0].prompt;

const told = (reply: { readonly response_metadata: Record<string, unknown> }) =>
  reply.response_metadata.speculation as { drafted: number; accepted: number } | undefined;

describe("at a temperature", () => {
  // Cheap, and as unsure as a model can be.
  const how = { temperature: 3, topP: 1, topK: 20, maxTokens: 12 };
  let target: LocalChatModel;
  let ahead: LocalChatModel;
  beforeAll(async () => {
    target = await LocalChatModel.load({ model: SMALL_GGUF, gpu: false });
    ahead = await LocalChatModel.load({ model: SMALL_GGUF, gpu: false, draft: target });
  });
  afterAll(async () => {
    await ahead.dispose();
    await target.dispose();
  });

  it("a seed gives what it gives token by token: each position is drawn by seed and place alone", async () => {
    let accepted = 0;
    for (let seed = 0; seed < 10; seed++) {
      const reply = await ahead.invoke("5, +9", { ...how, seed, maxTokens: 30 });
      const oneByOne = await target.invoke("5, +9", {
        ...how,
        seed,
        maxTokens: 30,
        logprobs: true,
      });
      expect(reply.text).toBe(oneByOne.text);
      accepted += told(reply)?.accepted ?? 0;
    }
    expect(accepted).toBeGreaterThan(0);
  });

  it("the engine's own sampler and a drafted text have the same distribution (two samples, seeded)", async () => {
    const counts = new Map<string, [number, number]>();
    const draws = 160;
    for (let seed = 0; seed < draws; seed++) {
      for (const [which, model] of [target, ahead].entries()) {
        const { text } = await model.invoke("5, +9", { ...how, seed, maxTokens: 6 });
        // The last tokens: what was accepted before must not have bent them.
        const end = text.slice(-2);
        const count = counts.get(end) ?? [0, 0];
        count[which] = (count[which] ?? 0) + 1;
        counts.set(end, count);
      }
    }
    // Chi-square of two samples of one size; rare outcomes together.
    const seen = [...counts.values()];
    const common = seen.filter(([one, other]) => one + other >= 8);
    const rare = seen.filter(([one, other]) => one + other < 8);
    const sums = rare.reduce(([a, b], [one, other]) => [a + one, b + other], [0, 0]);
    const cells = [...common, sums].filter(([one, other]) => one + other > 0);
    expect(cells.length).toBeGreaterThan(3);
    const statistic = cells.reduce((sum, [a, b]) => sum + (a - b) ** 2 / (a + b), 0);
    const freedom = cells.length - 1;
    // Wilson and Hilferty's approximation of the quantile at 0.999.
    const bound = freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;
    expect(statistic).toBeLessThan(bound);
  });
});

describe("a drafter", () => {
  /** What large writes without one. */
  let alone: string;
  beforeAll(async () => {
    const large = await LocalChatModel.load({ model: LARGE, gpu: false });
    alone = (await large.invoke(PROBLEM)).text;
    await large.dispose();
  });

  it("may come from a file, which is loaded for this model alone", async () => {
    const model = await LocalChatModel.load({ model: LARGE, gpu: false, draft: SMALL });
    const reply = await model.invoke(PROBLEM);
    expect(reply.text).toBe(alone);
    expect(told(reply)?.accepted).toBeGreaterThan(20);
    await model.dispose();
  });

  it("that is disposed of in mid-text ends the drafts, not the text", async () => {
    const small = await LocalChatModel.load({ model: SMALL, gpu: false });
    const model = await LocalChatModel.load({ model: LARGE, gpu: false, draft: small });
    let text = "";
    for await (const chunk of await model.stream(PROBLEM)) {
      if (text === "") await small.dispose();
      text += chunk.text;
    }
    expect(text).toBe(alone);
    expect((await model.invoke(PROBLEM)).text).toBe(alone);
    await model.dispose();
  });

  it.each(["leaves", "aborts"])(
    "a model disposed of in the middle of a draft, whose reader %s",
    async (how) => {
      const model = await LocalChatModel.load({ model: LARGE, gpu: false, draft: SMALL });
      const opening = await openTape(model, PROBLEM);
      const controller = new AbortController();
      const options = { maxTokens: 90, topLogprobs: 0 };
      const written = model[STEP_WRITER].write(opening, "", options, controller.signal);
      const iterator = written[Symbol.asyncIterator]();
      // Of the first draft some tokens are left.
      await iterator.next();
      await iterator.next();
      await model.dispose();
      // Rejections that nobody hears end the process: vitest fails where one is.
      if (how === "leaves")
        await expect(iterator.return?.()).resolves.toMatchObject({ done: true });
      else controller.abort(new Error("enough"));
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  );

  it("whose sequences are all busy is not waited for", async () => {
    const small = await LocalChatModel.load({ model: SMALL, gpu: false, sequences: 1 });
    const model = await LocalChatModel.load({ model: LARGE, gpu: false, draft: small });
    const opening = await openTape(small, PROBLEM);
    for await (const _ of small[STEP_WRITER].write(opening, "", { maxTokens: 9, topLogprobs: 0 })) {
      const reply = await model.invoke(PROBLEM, { maxTokens: 20 });
      expect(alone.startsWith(reply.text)).toBe(true);
      expect(told(reply)).toEqual({ drafted: 0, accepted: 0 });
      break;
    }
    await model.dispose();
    await small.dispose();
  });

  it("finds small's thought in its own sequence, and leaves small what it drafted", async () => {
    const small = await LocalChatModel.load({ model: SMALL, gpu: false });
    const model = await LocalChatModel.load({ model: LARGE, gpu: false, draft: small });
    const thought = (await write(small, "", { maxTokens: 60 }, PROBLEM)).text;
    const before = small.evaluatedTokens;
    const step = await write(model, thought, { maxTokens: 12 }, PROBLEM);
    // The token behind the thought and those of the drafts; prompt and thought are there already.
    expect(small.evaluatedTokens - before).toBeLessThan(30);
    const on = await write(small, thought + step.text, { maxTokens: 1 }, PROBLEM);
    const { input_tokens, cached_tokens } = on.end.usage;
    expect(input_tokens - cached_tokens).toBeLessThan(12);
    await model.dispose();
    await small.dispose();
  });
});

describe("is refused", () => {
  const load = (draft: unknown) =>
    LocalChatModel.load({ model: LARGE, gpu: false, draft: draft as LocalChatModel }).then(
      () => "loaded",
      (error) => [error.reason, error.message],
    );

  it("with another vocabulary, naming the first token that differs", async () => {
    const [reason, message] = await load(SMALL_GGUF);
    expect(reason).toBe("invalid_option");
    expect(message).toMatch(
      /^`draft` has another vocabulary than the model: (token \d+ is ".*" there and ".*" in the model|it has \d+ tokens, the model \d+)\. Take a smaller model of the same family/,
    );
  });

  it("with a context that holds less than the model's", async () => {
    const small = await LocalChatModel.load({ model: SMALL, gpu: false, contextSize: 512 });
    const refused = await load(small);
    expect(refused).toEqual([
      "invalid_option",
      "`draft` has a context of 512 tokens, and the model one of 1024: it has to hold the same text. Load it with `contextSize: 1024`, or the model with 512.",
    ]);
    await small.dispose();
  });

  it.each([
    [new FakeListChatModel({ responses: [] }), "FakeListChatModel"],
    ["", '""'],
    [3, "3"],
    [null, "null"],
  ])("where it is no local model (%#)", async (draft, got) => {
    expect(await load(draft)).toEqual([
      "invalid_option",
      `\`draft\` must be a LocalChatModel, a GGUF file, or "lookup", got ${got}: only a model in this process can write ahead of one. A server has its own speculative decoding (docs/servers.md).`,
    ]);
  });

  it("where its file is not there", async () => {
    expect(await load(file("none.gguf"))).toEqual([
      "local_model",
      expect.stringContaining("none.gguf"),
    ]);
  });
});
