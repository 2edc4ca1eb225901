import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel } from "../../../src/index.js";
import type { Written } from "../../../src/router/step-writer.js";
import type { ReplyChunk } from "../../../src/writers/ask/prompted-reply.js";
import { readPrompted } from "../../../src/writers/ask/read-prompted.js";
import { recordOf } from "../../langchain/record-of.js";
import { chatOpenAI, fakeVllm } from "../vllm/vllm-setup.js";
import { ScriptedChatModel, type ScriptedChunk } from "./scripted-chat-model.js";

/** A model that says one thing for ever, and how often it was asked to go on. */
function endless(chunk: ReplyChunk) {
  const model = {
    sent: 0,
    async stream(): Promise<AsyncIterable<ReplyChunk>> {
      return {
        [Symbol.asyncIterator]: () => ({
          next: async () => {
            model.sent++;
            return { done: false, value: chunk };
          },
          return: async () => ({ done: true, value: undefined }),
        }),
      };
    },
  };
  return model;
}

const HOW = { maxTokens: 8, topLogprobs: 0, stop: ["\n\n"] };
const asked = { messages: [], thinking: false, isAnswer: false, how: HOW, role: "large" } as const;

async function read(chunk: ReplyChunk, most: number): Promise<readonly Written[]> {
  const items: Written[] = [];
  for await (const item of readPrompted(endless(chunk), asked)) {
    items.push(item);
    if (items.length >= most) break;
  }
  return items;
}

describe("F3: a prompted model without end", () => {
  it.each([
    ["words", "word "],
    ["blanks", "  "],
    ["line breaks", "\n"],
  ])("F3: %s end at the limit", async (_name, text) => {
    const items = await read({ text }, 100);
    expect(items.length).toBeLessThanOrEqual(HOW.maxTokens + 1);
    expect(items.at(-1)).toEqual({ type: "end", reason: "length" });
  });

  it("F3: a thought of its own, or nothing at all, is counted by the router once it is longer than any", async () => {
    const silent = { type: "text", text: "", tokens: [] };
    expect(await read({ text: "" }, 3)).toEqual([silent, silent, silent]);
  });
});

const usage = (fields: Record<string, unknown>): ScriptedChunk => ({
  content: "",
  usage_metadata: { input_tokens: 40, total_tokens: 0, ...fields } as never,
  response_metadata: { finish_reason: "stop" },
});

async function routed(said: Record<string, unknown>, silent = 0) {
  const server = await fakeVllm();
  const thinking = Array.from({ length: silent }, () => "");
  const step = [...thinking, "No: ", "2 and 2 are 4.", usage(said)];
  const large = new ScriptedChatModel([step, ["It is 4."]]);
  const router = new GlimpRouterChatModel({ small: chatOpenAI(server), large });
  return recordOf(await router.invoke("2+2?"));
}

describe("F13: a prompted model's usage_metadata", () => {
  it.each([
    ["8192 for two tokens", { output_tokens: 8192 }],
    ["a word", { output_tokens: "many" }],
    ["less than nothing", { output_tokens: -1e6 }],
    ["more than there is", { output_tokens: 1e308 }],
    ["NaN", { output_tokens: Number.NaN }],
    ["a fraction", { output_tokens: 2.5 }],
    ["reasoning that is no number", { output_tokens: 9, output_token_details: { reasoning: "x" } }],
  ])("F13: %s does not steer the thought", async (_name, said) => {
    const record = await routed(said);
    expect(record.stopReason).toBe("closed");
    expect(record.steps[1]).toMatchObject({ route: "large" });
    expect(record.steps[1]?.tokens).toBeLessThan(10);
    expect(record.largeShare).toBeLessThan(0.5);
    expect(record.usage.large.output_tokens).toBeLessThan(20);
    expect(record.usage.large.estimated).toBe(true);
  });

  it("reasoning of its own was paid for, and is none of the step's tokens", async () => {
    const record = await routed({ output_tokens: 3009, output_token_details: { reasoning: 3000 } });
    expect(record.steps[1]).toMatchObject({ route: "large", tokens: 9 });
    expect(record.usage.large.output_tokens).toBe(3010);
  });

  it("so is reasoning that only silent chunks tell of", async () => {
    const record = await routed({ output_tokens: 700 }, 690);
    // The last chunk, with the usage, is silent too.
    expect(record.steps[1]).toMatchObject({ route: "large", tokens: 9 });
    expect(record.usage.large.output_tokens).toBe(701);
  });
});
