import { AIMessageChunk, type UsageMetadata } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { ChatOpenAI } from "@langchain/openai";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { listen } from "../../src/cli/listen.js";
import { createHandler, type HandlerOptions } from "../../src/serve/index.js";
import { scriptedRouter, THOUGHT } from "../langchain/scripted-pair.js";
import { BEFORE, toolPair, weather } from "../langchain/tools/tool-pair.js";
import { scriptedThought } from "../servers/script/scripted-model.js";

/** Over a socket, as clients come. */
async function serve(options: HandlerOptions) {
  const handler = createHandler(options);
  const { address, close } = await listen(handler, { port: 0, host: "127.0.0.1" });
  onTestFinished(close);
  return { baseURL: `${address}/v1`, apiKey: "none" };
}

const QUESTION = [{ role: "user" as const, content: "2+2?" }];
const ASK = { model: "glimprouter", messages: QUESTION };
const TOOL = {
  type: "function" as const,
  function: {
    name: "weather",
    description: "Tells the weather of a city.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

describe("OpenAI's own SDK", () => {
  it("streams: its accumulated message is the answer, and the usage comes", async () => {
    const client = new OpenAI(await serve({ router: scriptedRouter().router }));
    const runner = client.chat.completions.stream({
      ...ASK,
      stream_options: { include_usage: true },
    });
    let thought = "";
    for await (const chunk of runner) {
      const delta = chunk.choices[0]?.delta as { reasoning_content?: string } | undefined;
      thought += delta?.reasoning_content ?? "";
    }
    expect(thought).toBe(THOUGHT);
    expect(await runner.finalContent()).toBe("The answer is 4.");
    const completion = await runner.finalChatCompletion();
    expect(completion.choices[0]?.finish_reason).toBe("stop");
    expect(completion.usage?.completion_tokens).toBeGreaterThan(10);
    expect((await client.models.list()).data.map(({ id }) => id)).toContain("glimprouter/small");
    expect((await client.models.retrieve("glimprouter/small")).id).toBe("glimprouter/small");
  });

  it.each([true, false])("runs a tool loop to its end (stream: %s)", async (stream) => {
    const { router } = await toolPair();
    const client = new OpenAI(await serve({ router: router() }));
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: "user", content: "Weather in Oslo?" },
    ];
    const ask = async () => {
      const body = { model: "glimprouter", messages, tools: [TOOL] };
      return stream
        ? client.chat.completions.stream(body).finalChatCompletion()
        : client.chat.completions.create(body);
    };
    const [called] = (await ask()).choices;
    expect(called?.finish_reason).toBe("tool_calls");
    const [call] = called?.message.tool_calls ?? [];
    expect(call).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-tool-/),
      type: "function",
      function: { name: "weather" },
    });
    if (call?.type !== "function") throw new Error("No call.");
    expect(JSON.parse(call.function.arguments)).toEqual({ city: "Oslo" });
    if (!stream) expect(called?.message).toMatchObject({ reasoning_content: BEFORE });
    if (called !== undefined) messages.push(called.message);
    messages.push({ role: "tool", tool_call_id: call.id, content: "Rain in Oslo." });
    expect((await ask()).choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "It rains." },
    });
  });

  it("gets structured output by `response_format`, the thought beside it", async () => {
    const value = { city: "Oslo", rain: true };
    const steps = [
      { text: "We need the weather.", entropy: 0.2 },
      { text: "So say it.", entropy: 2.1 },
    ];
    const model = scriptedThought({ steps, answer: JSON.stringify(value) });
    const { large, router } = await toolPair({ model });
    const client = new OpenAI(await serve({ router: router() }));
    const Weather = z.object({ city: z.string(), rain: z.boolean() });
    const response_format = zodResponseFormat(Weather, "weather");
    const completion = await client.chat.completions.parse({ ...ASK, response_format });
    expect(completion.choices[0]?.message.parsed).toEqual(value);
    expect(completion.choices[0]?.message).toMatchObject({
      reasoning_content: "We need the weather.\n\nSo say it.",
    });
    // It reaches the model that answers, as it was sent.
    const body = large.to("/v1/chat/completions").at(-1)?.body;
    expect(body?.response_format).toEqual(response_format);
    const runner = client.chat.completions.stream({ ...ASK, response_format });
    expect((await runner.finalChatCompletion()).choices[0]?.message.parsed).toEqual(value);
  });

  it("an abort closes both models' streams within 50 ms", async () => {
    const slow = { tokenDelayMs: 20 };
    const { router, small, large } = scriptedRouter({ small: slow, large: slow });
    const client = new OpenAI(await serve({ router }));
    const stream = await client.chat.completions.create({ ...ASK, stream: true });
    let count = 0;
    let left = 0;
    for await (const _ of stream) {
      if (++count < 5) continue;
      expect(small.openStreams + large.openStreams).toBe(1);
      left = performance.now();
      stream.controller.abort();
    }
    await vi.waitUntil(() => small.openStreams + large.openStreams === 0, { interval: 1 });
    expect(Math.max(small.endedAt, large.endedAt) - left).toBeLessThan(50);
  });

  it("throws its own errors: of a key, of a model, of a stream that fails under way", async () => {
    const served = await serve({ router: scriptedRouter().router, apiKey: "s3cret" });
    const denied = new OpenAI(served).chat.completions.create(ASK);
    await expect(denied).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const client = new OpenAI({ ...served, apiKey: "s3cret" });
    const missing = client.chat.completions.create({ ...ASK, model: "gpt-4" });
    await expect(missing).rejects.toMatchObject({ status: 404, code: "model_not_found" });
    const failing = scriptedRouter({ small: { failAt: 40 } }).router;
    const other = new OpenAI(await serve({ router: failing }));
    const read = async () => {
      const stream = await other.chat.completions.create({ ...ASK, stream: true });
      for await (const _ of stream);
    };
    await expect(read()).rejects.toThrow("The small model failed: The engine died.");
  });
});

describe("LangChain's ChatOpenAI", () => {
  const model = async (options: HandlerOptions) => {
    const { baseURL, apiKey } = await serve(options);
    return new ChatOpenAI({
      model: "glimprouter",
      apiKey,
      configuration: { baseURL },
      maxRetries: 0,
    });
  };

  it("streams answer and usage", async () => {
    const chat = await model({ router: scriptedRouter().router });
    let whole = new AIMessageChunk("");
    for await (const chunk of await chat.stream("2+2?")) whole = concat(whole, chunk);
    expect(whole.text).toBe("The answer is 4.");
    expect(whole.response_metadata.finish_reason).toBe("stop");
    // Core's type says that it is never there.
    const usage = whole.usage_metadata as UsageMetadata | undefined;
    expect(usage?.output_token_details?.reasoning).toBeGreaterThan(5);
  });

  it("calls tools, and gets structured output by them", async () => {
    const { router } = await toolPair();
    const chat = await model({ router: router() });
    const message = await chat.bindTools([weather]).invoke("Weather in Oslo?");
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    const schema = z.object({ city: z.string() });
    const structured = chat.withStructuredOutput(schema, {
      name: "weather",
      method: "functionCalling",
    });
    expect(await structured.invoke("Weather in Oslo?")).toEqual({ city: "Oslo" });
  });
});
