import { readFileSync } from "node:fs";
/** Conventions of LangChain's own suite for chat model integrations that no other file here checks. */
import { InMemoryCache } from "@langchain/core/caches";
import {
  AIMessage,
  AIMessageChunk,
  type BaseMessage,
  getBufferString,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { StructuredTool } from "@langchain/core/tools";
import { toJsonSchema } from "@langchain/core/utils/json_schema";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as z3 from "zod/v3";
import { GlimpRouterChatModel, type GlimpRouterMessage } from "../../src/index.js";
import { chatOpenAI } from "../writers/vllm/vllm-setup.js";
import { SCRIPT, scriptedRouter } from "./scripted-pair.js";
import { toldFormats } from "./told-formats.js";
import { BEFORE, CALL, toolPair, toolScript, weather } from "./tools/tool-pair.js";

const QUESTION = "Weather in Oslo?";
const PROMPT = ChatPromptTemplate.fromMessages([
  ["system", "Always call {tool}."],
  ["human", QUESTION],
]);

async function merged(stream: AsyncIterable<GlimpRouterMessage>): Promise<GlimpRouterMessage> {
  let whole: GlimpRouterMessage | undefined;
  for await (const chunk of stream) whole = whole === undefined ? chunk : concat(whole, chunk);
  if (whole === undefined) throw new Error("The stream was empty.");
  return whole;
}

function callOf(name: string, value: object): string {
  return `<tool_call>{"name": "${name}", "arguments": ${JSON.stringify(value)}}</tool_call>`;
}

describe("inputs", () => {
  const text = "2+2?";
  const messages = [new HumanMessage(text)];
  const inputs = async () => [
    text,
    messages,
    await ChatPromptTemplate.fromMessages([["human", "{text}"]]).invoke({ text }),
  ];

  it.each([
    ["a string", 0],
    ["messages", 1],
    ["a prompt value", 2],
  ])("streamEvents v2 of %s starts, streams and ends one run", async (_what, index) => {
    const { router } = scriptedRouter();
    const input = (await inputs())[index] as BaseMessage[];
    const events = [];
    for await (const event of router.streamEvents(input, { version: "v2" })) events.push(event);
    expect(events[0]?.event).toBe("on_chat_model_start");
    expect(events.at(-1)?.event).toBe("on_chat_model_end");
    expect(events[Math.floor(events.length / 2)]?.event).toBe("on_chat_model_stream");
    const streamed = events.filter(({ event }) => event === "on_chat_model_stream");
    const texts = streamed.map(({ data }) => (data.chunk as AIMessageChunk).text);
    expect(texts.join("")).toBe(SCRIPT.answer);
    expect(events.at(-1)?.data.output).toMatchObject({ text: SCRIPT.answer });
    expect(new Set(events.map(({ run_id }) => run_id)).size).toBe(1);
  });

  it("takes two messages of one role in a row, as they are", async () => {
    const { router, small } = scriptedRouter();
    const conversation = [
      new SystemMessage("hello"),
      new SystemMessage("hello"),
      new HumanMessage("hello"),
      new HumanMessage("hello"),
      new AIMessage("hello"),
      new AIMessage("hello"),
      new HumanMessage("how are you"),
    ];
    expect((await router.invoke(conversation)).text).toBe(SCRIPT.answer);
    const roles = small.opened[0]?.messages.map(({ type }) => type);
    expect(roles).toEqual(["system", "system", "human", "human", "ai", "ai", "human"]);
  });

  it("reads text blocks as text, with a text continuation", async () => {
    const { small, router } = await toolPair();
    const block = { type: "text", source_type: "text", text: "Hello from a block!" };
    await router().invoke([new HumanMessage({ content: [block] })]);
    expect(small.to("/v1/completions")[0]?.prompt).toContain("Hello from a block!");
  });
});

describe("tools", () => {
  const City = z3.z.object({ city: z3.z.string() });
  class WeatherTool extends StructuredTool<typeof City> {
    override name = "weather";
    override description = "Tells the weather of a city.";
    override schema = City;
    override async _call({ city }: { city: string }): Promise<string> {
      return `Rain in ${city}.`;
    }
  }

  it("binds a StructuredTool of one's own over a zod 3 schema", async () => {
    const { large, router } = await toolPair();
    const message = await router().bindTools([new WeatherTool()]).invoke(QUESTION);
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    expect(large.to("/v1/chat/completions")[0]?.body.tools).toMatchObject([
      { function: { name: "weather", parameters: { properties: { city: { type: "string" } } } } },
    ]);
  });

  it("calls behind a prompt template", async () => {
    const { large, router } = await toolPair();
    const chain = PROMPT.pipe(router().bindTools([weather]));
    const message = await chain.invoke({ tool: "weather" });
    expect(message.tool_calls).toMatchObject([{ name: "weather", type: "tool_call" }]);
    expect(large.to("/v1/chat/completions")[0]?.prompt).toContain("Always call weather.");
  });

  it("streams a call with its usage", async () => {
    const { router } = await toolPair();
    const chain = PROMPT.pipe(router().bindTools([weather]));
    const whole = await merged(await chain.stream({ tool: "weather" }));
    expect(whole.tool_calls).toMatchObject([{ name: "weather" }]);
    expect(whole.usage_metadata?.input_tokens).toBeGreaterThan(0);
    expect(whole.usage_metadata?.output_tokens).toBeGreaterThan(0);
  });

  it("goes on from its own call, invoked", async () => {
    const { router } = await toolPair();
    const model = router().bindTools([weather]);
    const call = await model.invoke(QUESTION);
    const reply = await model.invoke([new HumanMessage(QUESTION), call, ...resultsOf(call)]);
    expect(reply.text).toBe("It rains.");
  });

  it("goes on from its own call, merged from a stream", async () => {
    const { small, router } = await toolPair({ template: "qwen3" });
    const model = router().bindTools([weather]);
    const call = await merged(await model.stream(QUESTION));
    const messages = [new HumanMessage(QUESTION), call, ...resultsOf(call)];
    expect((await merged(await model.stream(messages))).text).toBe("It rains.");
    expect(small.to("/tokenize").at(-1)?.body.messages).toMatchObject([
      { role: "user" },
      { role: "assistant", reasoning_content: BEFORE, tool_calls: [{ type: "function" }] },
      { role: "tool", content: "Rain in Oslo." },
    ]);
  });
});

/** What the tools give for each call of a message. */
function resultsOf(message: GlimpRouterMessage): ToolMessage[] {
  return (message.tool_calls ?? []).map(
    ({ id = "", args }) => new ToolMessage({ content: `Rain in ${args.city}.`, tool_call_id: id }),
  );
}

describe("histories with calls", () => {
  const call = {
    id: "abc123",
    name: "weather",
    args: { city: "Oslo" },
    type: "tool_call",
  } as const;
  const result = new ToolMessage("Rain in Oslo.", "abc123", "weather");

  it.each([
    ["a string", ""],
    [
      "Anthropic's blocks",
      [
        { type: "text", text: "some text" },
        { type: "tool_use", id: "abc123", name: "weather", input: { city: "Oslo" } },
      ],
    ],
  ])("whose content is %s", async (_what, content) => {
    const { small, router } = await toolPair();
    const history = [
      new HumanMessage(QUESTION),
      new AIMessage({ content, tool_calls: [call] }),
      result,
    ];
    expect((await router().bindTools([weather]).invoke(history)).text).toBe("It rains.");
    expect(small.to("/tokenize")[0]?.body.messages).toMatchObject([
      { role: "user" },
      {
        role: "assistant",
        content: content === "" ? "" : "some text",
        tool_calls: [{ id: "abc123", type: "function", function: { name: "weather" } }],
      },
      { role: "tool", content: "Rain in Oslo.", tool_call_id: "abc123" },
    ]);
  });

  it("that are examples: call, result, answer, and a new question", async () => {
    const { small, router } = await toolPair();
    const example = [
      new HumanMessage("Weather in Rome?"),
      new AIMessage({ content: "", tool_calls: [{ ...call, args: { city: "Rome" } }] }),
      new ToolMessage("Sun in Rome.", "abc123", "weather"),
      new AIMessage("Sunny."),
      new HumanMessage(QUESTION),
    ];
    const message = await router().bindTools([weather]).invoke(example);
    expect(message.tool_calls).toMatchObject([{ name: "weather", args: { city: "Oslo" } }]);
    const sent = small.to("/tokenize")[0]?.body.messages as { role: string }[];
    expect(sent.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "tool",
      "assistant",
      "user",
    ]);
  });

  it("of several tools at once, streamed and answered together", async () => {
    const model = toolScript(`${CALL}\n${callOf("clock", { city: "Oslo" })}`);
    const { router } = await toolPair({ model });
    const clock = { name: "clock", description: "Time.", schema: z.object({ city: z.string() }) };
    const bound = router().bindTools([weather, clock]);
    const both = await merged(await bound.stream(QUESTION));
    expect(both.tool_calls?.map(({ name }) => name)).toEqual(["weather", "clock"]);
    expect(new Set(both.tool_calls?.map(({ id }) => id)).size).toBe(2);
    const reply = await bound.invoke([new HumanMessage(QUESTION), both, ...resultsOf(both)]);
    expect(reply.tool_calls).toEqual([]);
    expect(reply.text).toBe("It rains.");
  });
});

describe("structured output", () => {
  const Sum = z.object({ a: z.number().int(), b: z.number().int() }).describe("Adds two.");

  it.each([false, true])(
    "tells handlers its response format (includeRaw %s)",
    async (includeRaw) => {
      const { router } = await toolPair({ model: toolScript(callOf("add", { a: 1, b: 2 })) });
      const { told, callbacks } = toldFormats();
      const model = router().withStructuredOutput(Sum, { name: "add", includeRaw } as never);
      const result = await PROMPT.pipe(model).invoke({ tool: "add" }, { callbacks });
      expect(told).toEqual([{ kwargs: { method: "functionCalling" }, schema: toJsonSchema(Sum) }]);
      if (!includeRaw) return expect(result).toEqual({ a: 1, b: 2 });
      expect(result).toMatchObject({ parsed: { a: 1, b: 2 } });
      expect((result as unknown as { raw: unknown }).raw).toBeInstanceOf(AIMessageChunk);
    },
  );

  it("takes a schema with a choice, an object in an object, and a record of anything", async () => {
    const value = {
      decision: "api",
      details: { service: "MyService", parameters: { param1: "value1", deep: [1, null] } },
    };
    const Complex = z3.z.object({
      decision: z3.z.enum(["api", "fallback"]),
      details: z3.z.object({ service: z3.z.string(), parameters: z3.z.record(z3.z.unknown()) }),
    });
    const { router } = await toolPair({ model: toolScript(callOf("decide", value)) });
    const model = router().withStructuredOutput(Complex, { name: "decide" });
    expect(await model.invoke(QUESTION)).toEqual(value);
  });
});

describe("cache", () => {
  it("finds a prompt of content blocks again, and adds no second entry", async () => {
    const cache = new InMemoryCache();
    const { router, small } = scriptedRouter({}, { cache });
    const message = new HumanMessage({ content: [{ type: "text", text: "2+2?" }] });
    const key = router._getSerializedCacheKeyParametersForCall({} as never);
    const prompt = getBufferString([message]);
    await router.invoke([message]);
    const cached = await cache.lookup(prompt, key);
    expect(cached).toHaveLength(1);
    const result = await router.invoke([message]);
    expect(cached).toMatchObject([{ message: { content: result.content, text: result.text } }]);
    expect(result.usage_metadata).toEqual({ input_tokens: 0, output_tokens: 0, total_tokens: 0 });
    expect(await cache.lookup(prompt, key)).toEqual(cached);
    expect(small.opened).toHaveLength(1);
  });

  it("is LangChain's own with `cache: true`", () => {
    const { router } = scriptedRouter({}, { cache: true });
    expect(router.cache).toBeInstanceOf(InMemoryCache);
  });
});

describe("versions", () => {
  it("the package's own is in the metadata of its runs, beside core's and the user's metadata", () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
    ) as { version: string };
    const { metadata } = scriptedRouter({}, { metadata: { team: "a" } }).router;
    expect(metadata).toMatchObject({ team: "a", versions: { "langchain-glimprouter": version } });
    expect(Object.keys(metadata?.versions as object)).toContain("@langchain/core");
  });
});

describe("serialisation", () => {
  it("names the class and holds nothing of the models", () => {
    const model = chatOpenAI({ baseURL: "http://127.0.0.1:1/v1" }, { apiKey: "sk-secret" });
    const router = new GlimpRouterChatModel({ small: model, large: model });
    expect(GlimpRouterChatModel.lc_name()).toBe("GlimpRouterChatModel");
    expect(router.getName()).toBe("GlimpRouterChatModel");
    expect(router.lc_secrets).toBeUndefined();
    expect(JSON.parse(JSON.stringify(router))).toEqual({
      lc: 1,
      type: "not_implemented",
      id: ["langchain-glimprouter", "chat_models", "GlimpRouterChatModel"],
    });
  });
});
