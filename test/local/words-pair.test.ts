import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { always, GlimpRouterChatModel, GlimpRouterError } from "../../src/index.js";
import { type EmbeddedPair, embeddedPair } from "../../src/local/index.js";
import { loadEngine } from "../../src/local/load-engine.js";
import type { LocalEngine } from "../../src/local/local-engine.js";
import { recordOf } from "../langchain/record-of.js";
import { openTape } from "./embedded-models.js";

interface Check {
  /** Of the prompt, by the tokenizer that the models were trained with. */
  readonly ids: readonly number[];
  /** Greedy replies of the checkpoints, in torch. */
  readonly small: string;
  readonly large: string;
}

const file = (name: string) => fileURLToPath(new URL(`../../models/${name}`, import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(file(name), "utf8"));
const problems: readonly { readonly prompt: string; readonly answer: number }[] =
  read("words-problems.json");
const checks: readonly Check[] = read("words-results.json").checks;
const checked = checks.map((check, index) => ({ ...check, prompt: problems[index]?.prompt ?? "" }));

let pair: EmbeddedPair;
let engine: LocalEngine;
beforeAll(async () => {
  pair = await embeddedPair({ pair: "words" });
  const model = file("words-small.gguf");
  ({ engine } = await loadEngine({ model, gpu: false, threads: 1, sequences: 1 }));
}, 120_000);
afterAll(async () => {
  await pair?.dispose();
  await engine?.dispose();
});

describe("the pair that thinks in words", () => {
  it("takes 8 MB at most, and thinks within 1,024 tokens", async () => {
    const sizes = ["words-small.gguf", "words-large.gguf"].map((name) => statSync(file(name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(8e6);
    expect((await openTape(pair.large, problems[0]?.prompt)).contextSize).toBe(1024);
    expect((await openTape(pair.small, problems[0]?.prompt)).contextSize).toBe(1024);
  });

  it("reads every prompt as it was trained to", () => {
    // The chat template opens the thought.
    const rendered = checked.map(({ prompt }) => `<|user|>${prompt}<|assistant|><think>\n`);
    expect(rendered.map((text) => engine.encode(text))).toEqual(checked.map(({ ids }) => ids));
  });

  it("has a token for each number up to 199, and one for the end of a step", () => {
    const text = (numbers: string) => engine.encode(`<|user|>${numbers}`).slice(2);
    for (const number of [0, 7, 42, 100, 199]) expect(text(`${number}`)).toHaveLength(1);
    expect(text(".\n\n")).toHaveLength(1);
    expect(text("42.\n\nThen")).toHaveLength(3);
  });

  it.each(["small", "large"] as const)("%s replies as its checkpoint does", async (role) => {
    const replies: string[] = [];
    for (const { prompt } of checked) replies.push((await pair[role].invoke(prompt)).text);
    // F16 against F32: a near-tie may fall the other way, once.
    const others = checked.filter((check, index) => `${replies[index]}</s>` !== check[role]);
    expect(others.length).toBeLessThanOrEqual(1);
  });

  it("one model in both roles gives its own text, whatever is handed over in mid-sentence", async () => {
    // Large: what small does not know is a near-tie, and read again with another batch it may fall otherwise.
    const { large, glimpseAt } = pair;
    for (const { prompt } of checked.slice(0, 5)) {
      const alone = (await large.invoke(prompt)).text;
      const models = { small: large, large };
      const policy = always("large");
      const router = new GlimpRouterChatModel(
        glimpseAt === undefined ? { ...models, policy } : { ...models, policy, glimpseAt },
      );
      const reply = await router.invoke(prompt);
      const thought = reply.additional_kwargs.reasoning_content;
      expect(`${thought}\n</think>\n\n${reply.text}`).toBe(alone);
      expect(recordOf(reply).handoffs).toBeGreaterThan(0);
    }
  });
});

it("embeddedPair() is the pair that calculates; what is no pair is refused", async () => {
  const tape = await embeddedPair();
  expect(tape.glimpseAt).toBeUndefined();
  expect((await tape.small.invoke("15, +1")).text).toContain("\\boxed{16}");
  await tape.dispose();
  const refused = await embeddedPair({ pair: "word" as "words" }).catch((error) => error);
  expect(refused).toBeInstanceOf(GlimpRouterError);
  expect(refused).toMatchObject({
    reason: "invalid_option",
    message: '`pair` must be "tape" or "words", got "word".',
  });
});
