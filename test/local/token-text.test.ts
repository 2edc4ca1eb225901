import type { UsageMetadata } from "@langchain/core/messages";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalChatModel } from "../../src/local/index.js";
import { loadEngine } from "../../src/local/load-engine.js";
import type { LocalEngine } from "../../src/local/local-engine.js";
import { TokenText } from "../../src/local/token-text.js";
import { SMALL_GGUF, write } from "./embedded-models.js";

/** Has no tokens for these: they are spelled in bytes. */
const EMOJI = "🦙 é 漢";

let engine: LocalEngine;
beforeAll(async () => {
  ({ engine } = await loadEngine({ model: SMALL_GGUF, gpu: false, threads: 1, sequences: 1 }));
});
afterAll(() => engine.dispose());

/** The tokens of a text without the BOS. */
function tokensOf(text: string): number[] {
  return engine.encode(`<s>${text}`).slice(1);
}

describe("TokenText", () => {
  it("gives whole characters only, each with its last byte", () => {
    const text = new TokenText(engine.decode, tokensOf("a"));
    expect(tokensOf(EMOJI).map((token) => text.push(token))).toEqual([
      "",
      "",
      "",
      "🦙",
      " ",
      "",
      "é",
      " ",
      "",
      "",
      "漢",
    ]);
    expect(text.flush()).toBe("");
  });

  it("does not wait for ever for a character that never comes", () => {
    const text = new TokenText(engine.decode, []);
    const [lead = 0] = tokensOf("🦙");
    const [letter = 0] = tokensOf("x");
    expect(text.push(lead)).toBe("");
    expect(text.push(letter)).toBe("\uFFFDx");
    const shown = [lead, lead, lead, lead].map((token) => text.push(token));
    expect(shown.slice(0, 3)).toEqual(["", "", ""]);
    expect(shown[3]).toContain("\uFFFD");
  });

  it("gives what is left of an incomplete character at the end", () => {
    const text = new TokenText(engine.decode, []);
    expect(text.push(tokensOf("é")[0] ?? 0)).toBe("");
    expect(text.flush()).toBe("\uFFFD");
    expect(text.flush()).toBe("");
  });

  it("writes special tokens out", () => {
    const text = new TokenText(engine.decode, []);
    expect(tokensOf("</think>").map((token) => text.push(token))).toEqual(["</think>"]);
  });
});

describe("the engine's tokens", () => {
  it("begin with one BOS, whether or not the text has it", () => {
    const [bos, ...rest] = engine.encode("<|user|>5");
    expect(engine.encode("<s><|user|>5")).toEqual([bos, ...rest]);
    expect(engine.decode([bos ?? -1], [])).toBe("<s>");
    expect(engine.decode(rest, [])).toBe("<|user|>5");
  });

  it("keep blank lines, and every blank at the end", () => {
    for (const text of ["a\n\n", "a\n\n\n", "a \n\n ", "\n\na", " a", "  a"]) {
      expect(engine.decode(tokensOf(text), [])).toBe(text);
    }
  });

  it("spell an emoji of a prompt in bytes", async () => {
    expect(tokensOf("🦙")).toHaveLength(4);
    const model = await LocalChatModel.load({ model: SMALL_GGUF, gpu: false, threads: 1 });
    const inputTokens = async (text: string) =>
      ((await model.invoke(text)).usage_metadata as unknown as UsageMetadata).input_tokens;
    expect(await inputTokens("15, +1🦙")).toBe((await inputTokens("15, +1")) + 4);
    await model.dispose();
  });
});

describe("characters in the output", () => {
  it("come whole, and the tokens before their last byte are listed as empty", async () => {
    // So hot that any token may come: then some bytes make a character now and then.
    const model = await LocalChatModel.load({
      model: SMALL_GGUF,
      gpu: false,
      threads: 1,
      sequences: 1,
      temperature: 1000,
      topP: 1,
      topK: 0,
    });
    const characters: string[] = [];
    for (let seed = 0; seed < 40 && characters.length < 3; seed++) {
      const { text } = await model.invoke("15, +1", { seed, maxTokens: 300 });
      characters.push(...(text.match(/[\u0080-\u07FF]/g) ?? []));
      const reply = await model.invoke("15, +1", { seed, maxTokens: 300, logprobs: true });
      const listed = reply.response_metadata.logprobs as { content: { token: string }[] };
      const spelled = listed.content.map(({ token }) => token).filter((token) => token !== "</s>");
      expect(spelled.join("")).toBe(reply.text);
      for (const [index, { token }] of listed.content.entries()) {
        if (/^[\u0080-\u07FF]$/.test(token)) {
          expect(listed.content[index - 1]).toMatchObject({ token: "", bytes: null });
        }
      }
    }
    expect(characters.length).toBeGreaterThanOrEqual(3);
    await model.dispose();
  });

  it("are no text in between: a write yields an empty item per byte", async () => {
    const model = await LocalChatModel.load({
      model: SMALL_GGUF,
      gpu: false,
      threads: 1,
      sequences: 1,
      temperature: 1000,
      topP: 1,
      topK: 0,
      seed: 4,
    });
    const { items, end, text } = await write(model, "", { maxTokens: 300 });
    const tokens = items.flatMap((item) => item.tokens);
    expect(tokens.length).toBe(end.usage.output_tokens - (end.reason === "eos" ? 1 : 0));
    expect(items.filter((item) => item.text === "").length).toBeGreaterThan(10);
    expect(text.length).toBeGreaterThan(20);
    await model.dispose();
  });
});
