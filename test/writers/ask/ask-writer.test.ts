import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { beforeAll, describe, expect, it } from "vitest";
import type { ThoughtPrompt } from "../../../src/prompt/thought-prompt.js";
import type { WriteOptions } from "../../../src/router/step-writer.js";
import { askWriter } from "../../../src/writers/ask/ask.js";
import { collectWritten } from "../../servers/collect-written.js";
import { errorOf } from "../error-of.js";
import { PROMPT, TAGS } from "../vllm/vllm-setup.js";
import { ScriptedChatModel, type ScriptedChunk } from "./scripted-chat-model.js";

const STEP: WriteOptions = { maxTokens: 50, topLogprobs: 0, stop: ["\n\n"] };
const ANSWER: WriteOptions = { maxTokens: 50, topLogprobs: 0 };
const CLOSED = "We add.\n</think>\n\n";

/** Asks a model for one step, or for the answer where the thought is closed. */
async function ask(
  reply: readonly ScriptedChunk[],
  {
    thought = "We add.\n\n",
    how = thought.includes("</think>") ? ANSWER : STEP,
    prompt = PROMPT,
  }: { thought?: string; how?: WriteOptions; prompt?: ThoughtPrompt } = {},
) {
  const model = new ScriptedChatModel([reply]);
  const writer = askWriter(model, "large");
  const opening = await writer.open(prompt);
  const { text, end, usage } = await collectWritten(writer.write(opening, thought, how));
  return { text, end, usage, asked: model.asked(0), call: model.calls[0], model };
}

describe("what is asked", () => {
  it("for a step: question, thought so far, and exactly the next step, in the last message", async () => {
    const { asked, call } = await ask(["Then 4."]);
    expect(call?.messages).toHaveLength(1);
    expect(asked).toMatch(/^2\+2\?\n\n---\n/);
    expect(asked).toContain("<thought_so_far>\nWe add.\n</thought_so_far>");
    expect(asked).toContain("Write its next step, exactly one;");
    expect(asked).toContain("write </think> and nothing else");
  });

  it("for the first step: nothing is written yet", async () => {
    const { asked } = await ask(["First."], { thought: "" });
    expect(asked).toContain("Nothing of the thought is written yet");
    expect(asked).not.toContain("so_far");
  });

  it("for the answer: the thought without its tags", async () => {
    const { asked, end } = await ask(["4"], { thought: CLOSED });
    expect(asked).toContain("<thought_so_far>\nWe add.\n</thought_so_far>");
    expect(asked).toContain("Now write the answer");
    expect(asked).not.toContain("</think>");
    expect(end).toBe("eos");
  });

  it("begins each request of a reply like the one before: providers cache prefixes", async () => {
    const first = (await ask(["Then 4."])).asked;
    const second = (await ask(["So."], { thought: "We add.\n\nThen 4.\n\n" })).asked;
    const answer = (await ask(["4"], { thought: "We add.\n\nThen 4.\n</think>\n\n" })).asked;
    const shared = first.slice(0, first.indexOf("We add.") + "We add.".length);
    expect(second.startsWith(shared)).toBe(true);
    expect(answer.startsWith(second.slice(0, second.indexOf("Then 4.") + 7))).toBe(true);
  });

  it("tells which tools the answer may call", async () => {
    const tools = [{ type: "function", function: { name: "add", description: "Adds two." } }];
    const { asked, call } = await ask(["So."], { prompt: { ...PROMPT, tools } });
    expect(asked).toContain(
      "The answer may call these tools, the thought itself cannot:\n- add: Adds two.",
    );
    expect(call?.options).not.toHaveProperty("tools");
  });

  it("keeps the messages before, and a result of a tool in its place", async () => {
    const messages = [
      new SystemMessage("Be brief."),
      new HumanMessage("2+2?"),
      new AIMessage({ content: "", tool_calls: [{ id: "1", name: "add", args: { a: 2 } }] }),
      new ToolMessage({ content: "4", tool_call_id: "1" }),
    ];
    const { call } = await ask(["So."], { prompt: { messages, thinking: TAGS } });
    expect(call?.messages.map((message) => message.getType())).toEqual([
      "system",
      "human",
      "ai",
      "tool",
      "human",
    ]);
    expect(call?.messages[2]).toMatchObject({ tool_calls: [{ id: "1", name: "add" }] });
    expect(call?.messages[3]).toMatchObject({ tool_call_id: "1", content: "4" });
  });

  it("keeps images", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const messages = [new HumanMessage({ content: [image, { type: "text", text: "What?" }] })];
    const { call } = await ask(["A cat."], { prompt: { messages, thinking: TAGS } });
    expect(call?.messages[0]?.content).toMatchObject([
      image,
      { type: "text", text: "What?" },
      { type: "text", text: expect.stringContaining("We add.") },
    ]);
  });

  it("is told from data alone: another process can go on", async () => {
    const first = askWriter(new ScriptedChatModel([]), "large");
    const stored = JSON.parse(JSON.stringify(await first.open(PROMPT)));
    const model = new ScriptedChatModel([["Then 4."]]);
    const { text } = await collectWritten(
      askWriter(model, "large").write(stored, "We add.\n\n", STEP),
    );
    expect(text).toBe("Then 4.");
    expect(model.asked(0)).toContain("2+2?");
  });

  it("sends stop strings for the answer alone, and no other option of its own", async () => {
    const step = await ask(["Then 4."]);
    expect(step.call?.options.stop).toBeUndefined();
    const answer = await ask(["4"], { thought: CLOSED, how: { ...ANSWER, stop: ["END"] } });
    expect(answer.call?.options.stop).toEqual(["END"]);
    expect(Object.keys(answer.call?.options ?? {}).sort()).toEqual(["signal", "stop"]);
  });
});

describe("what is read", () => {
  it("the end of the reply is the end of the step that was asked for", async () => {
    expect(await ask(["Then", " 4."])).toMatchObject({ text: "Then 4.", end: "stop" });
  });

  it("a reply that closes goes to the router as it is", async () => {
    expect(await ask(["</th", "ink>"])).toMatchObject({ text: "</think>", end: "stop" });
  });

  it.each([
    ["in a field", [{ content: "", additional_kwargs: { reasoning_content: "Hm." } }, "Then 4."]],
    [
      "in a block",
      [
        { content: [{ type: "reasoning", reasoning: "Hm." }] },
        { content: [{ type: "text", text: "Then 4." }] },
      ],
    ],
    ["of Claude's", [{ content: [{ type: "thinking", thinking: "Hm." }] }, "Then 4."]],
    ["in tags", ["<thi", "nk>\nHm.\n</thi", "nk>", "\n\n", "Then 4."]],
  ] as [string, ScriptedChunk[]][])(
    "reasoning of its own is no part of the step: %s",
    async (_name, reply) => {
      expect(await ask(reply)).toMatchObject({ text: "Then 4.", end: "stop" });
    },
  );

  it("text that only begins like a tag is text", async () => {
    expect(await ask(["<th", "e> 4."])).toMatchObject({ text: "<the> 4." });
    expect(await ask(["  <t"])).toMatchObject({ text: "  <t" });
  });

  it("without tags the reply itself is written, and its end is a mark", async () => {
    const prompt = { ...PROMPT, thinking: false as const };
    const step = await ask(["It is", " 4."], { prompt });
    expect(step).toMatchObject({ text: "It is 4.", end: "stop" });
    expect(step.asked).toContain("<reply_so_far>");
    expect(step.asked).toContain("write </reply> and nothing else");
    expect(await ask(["</rep", "ly>", "more"], { prompt })).toMatchObject({ text: "", end: "eos" });
  });

  it("usage is summed over the chunks that tell it", async () => {
    const usage = (input_tokens: number, output_tokens: number) => ({
      content: "a",
      usage_metadata: { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
    });
    expect(await ask([usage(20, 0), usage(0, 7)])).toMatchObject({
      usage: { input_tokens: 20, output_tokens: 7 },
    });
    expect((await ask(["a"])).usage).toBeUndefined();
  });

  it.each([
    [{ response_metadata: { finish_reason: "length" } }, "length"],
    [{ response_metadata: { finish_reason: "stop" } }, "eos"],
    [{ response_metadata: { finishReason: "MAX_TOKENS" } }, "length"],
    [{ response_metadata: { finishReason: "STOP" } }, "eos"],
    [{ additional_kwargs: { stop_reason: "max_tokens" } }, "length"],
    [{ additional_kwargs: { stop_reason: "end_turn" } }, "eos"],
    [{ additional_kwargs: { stop_reason: "stop_sequence" } }, "stop"],
    [{ response_metadata: { done_reason: "length" } }, "length"],
    [{ response_metadata: { stopReason: "max_tokens" } }, "length"],
    [{ response_metadata: { incomplete_details: { reason: "max_output_tokens" } } }, "length"],
    [{ response_metadata: { status: "completed", incomplete_details: null } }, "eos"],
  ])("%j ends an answer: %s", async (said, end) => {
    const reply = await ask(["4", { content: "", ...said }], { thought: CLOSED });
    expect(reply).toMatchObject({ text: "4", end });
  });

  it.each(["content_filter", "SAFETY", "refusal"])(
    "a reply that is withheld is an error: %s",
    async (reason) => {
      const error = await errorOf(
        ask(["Th", { content: "", response_metadata: { finish_reason: reason } }]),
      );
      expect(error).toMatchObject({ reason: "server", role: "large" });
      expect(error.message).toContain(`provider ended the text with ${JSON.stringify(reason)}`);
    },
  );
});

describe("a limit of tokens", () => {
  it("is kept by counting, and the request aborted", async () => {
    const reply = Array.from({ length: 30 }, () => "word");
    const { text, end, call, usage } = await ask(reply, { how: { ...STEP, maxTokens: 5 } });
    expect([text, end, usage]).toEqual(["word".repeat(5), "length", undefined]);
    expect(call).toMatchObject({ aborted: true });
    expect(call?.sent).toBeLessThan(8);
  });

  it("counts about four characters as a token where chunks are long", async () => {
    const { text, end } = await ask(["a".repeat(30), "b", "c"], { how: { ...STEP, maxTokens: 7 } });
    expect([text, end]).toEqual(["a".repeat(30), "length"]);
  });
});

describe("failures", () => {
  it.each([
    [401, "Check the model's key."],
    [404, "Check the model's name, and its address."],
    [429, "raise the model's `maxRetries`"],
    [400, "The provider refused the request as it is."],
    [undefined, "Check that it works by itself"],
  ])("name the role, the model, its answer and the remedy: %s", async (status, remedy) => {
    const failure = Object.assign(new Error("No. Your key is sk-scripted-secret."), { status });
    const error = await errorOf(ask(["Th", failure]));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toMatch(
      /^The large model \(scripted\) failed at writing: No\. Your key is \[API key\]\. /,
    );
    expect(error.message).toContain(remedy);
    expect(error.cause).toMatchObject({ message: "No. Your key is [API key]" });
    expect((error.cause as { status?: unknown }).status).toBe(status);
    expect(inspect(error)).not.toContain("sk-scripted-secret");
  });

  it("keep their cause where it quotes no key", async () => {
    const failure = new Error("Overloaded");
    expect((await errorOf(ask([failure]))).cause).toBe(failure);
  });

  it("end at once on an abort, also while the next token is awaited", async () => {
    const model = new ScriptedChatModel([["a", "b"]], { delayMs: 5_000 });
    const writer = askWriter(model, "large");
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 30);
    const begun = performance.now();
    await expect(
      collectWritten(writer.write(await writer.open(PROMPT), "", STEP, controller.signal)),
    ).rejects.toMatchObject({ name: "AbortError", cause: new Error("enough") });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(model.calls).toMatchObject([{ aborted: true }]);
  });

  it("a reader that leaves aborts the request", async () => {
    const model = new ScriptedChatModel([["a", "b", "c"]], { delayMs: 5 });
    const writer = askWriter(model, "large");
    for await (const _ of writer.write(await writer.open(PROMPT), "", STEP)) break;
    expect(model.calls).toMatchObject([{ aborted: true, sent: 1 }]);
  });
});

describe("nothing leaks", () => {
  // As LangGraph does: what a node calls inherits the node's callbacks.
  beforeAll(() => {
    AsyncLocalStorageProviderSingleton.initializeGlobalInstance(new AsyncLocalStorage());
  });

  it("a surrounding run sees neither the call nor its tokens", async () => {
    const model = new ScriptedChatModel([["Then", " 4."]]);
    const writer = askWriter(model, "large");
    const chain = RunnableLambda.from(async () => {
      const { text } = await collectWritten(writer.write(await writer.open(PROMPT), "", STEP));
      return text;
    });
    const events: string[] = [];
    for await (const { event } of chain.streamEvents("go", { version: "v2" })) events.push(event);
    expect(model.calls).toHaveLength(1);
    expect(events).toContain("on_chain_end");
    expect(events.filter((event) => event.startsWith("on_chat_model"))).toEqual([]);
  });
});

describe("a model that cannot be asked", () => {
  it("is small: why, and what to use", () => {
    expect(() => askWriter(new ScriptedChatModel([]), "small")).toThrow(
      expect.objectContaining({
        reason: "invalid_option",
        role: "small",
        message: expect.stringMatching(
          /is for the large model only: .*log-probabilities\. As small, use a model on vLLM, SGLang or a llama\.cpp server/,
        ),
      }),
    );
  });

  it("is no chat model", () => {
    expect(() => askWriter({ invoke: () => "" }, "large")).toThrow(
      expect.objectContaining({
        reason: "invalid_option",
        message: expect.stringContaining("has no `stream`"),
      }),
    );
  });
});
