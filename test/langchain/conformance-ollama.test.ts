/** The conventions of LangChain's own suite (conformance.test.ts) with `ChatOllama` in both roles. */
import { InMemoryCache } from "@langchain/core/caches";
import {
  AIMessage,
  type AIMessageChunk,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { StructuredTool } from "@langchain/core/tools";
import { concat } from "@langchain/core/utils/stream";
import { ChatOllama } from "@langchain/ollama";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as z3 from "zod/v3";
import {
  GlimpRouterChatModel,
  type GlimpRouterFields,
  type GlimpRouterMessage,
} from "../../src/index.js";
import type { FakeOllama } from "../servers/fake-ollama/fake-ollama-options.js";
import { CHAIN } from "../writers/llamacpp/llamacpp-setup.js";
import { fakeOllama } from "../writers/ollama/ollama-setup.js";
import { toldFormats } from "./told-formats.js";

const QUESTION = "59, +10, %6";
const THOUGHT = CHAIN.steps.map(({ text }) => text).join("\n\n");
const PROMPT = ChatPromptTemplate.fromMessages([
  ["system", "Always call {tool}."],
  ["human", QUESTION],
]);

const Pair = z3.z.object({ a: z3.z.number(), b: z3.z.number() });
class AddTool extends StructuredTool<typeof Pair> {
  override name = "add";
  override description = "Adds two numbers.";
  override schema = Pair;
  override async _call({ a, b }: { a: number; b: number }): Promise<string> {
    return String(a + b);
  }
}

async function pair(fields: Partial<GlimpRouterFields> = {}, script = CHAIN) {
  const server = await fakeOllama({ script });
  const model = (name: string) =>
    new ChatOllama({ model: name, baseUrl: server.url, temperature: 0, maxRetries: 0 });
  const models = { small: model("small"), large: model("large") };
  return { server, router: new GlimpRouterChatModel({ ...models, ...fields }) };
}

async function merged(stream: AsyncIterable<GlimpRouterMessage>): Promise<GlimpRouterMessage> {
  let whole: GlimpRouterMessage | undefined;
  for await (const chunk of stream) whole = whole === undefined ? chunk : concat(whole, chunk);
  if (whole === undefined) throw new Error("The stream was empty.");
  return whole;
}

/** What the chat with tools was sent. */
function chats(server: FakeOllama): readonly Record<string, unknown>[] {
  const sent = server.to("/api/chat").map(({ body }) => body);
  return sent.filter((body) => body._debug_render_only !== true);
}

describe("inputs", () => {
  it.each([
    ["a string", () => QUESTION],
    ["messages", () => [new HumanMessage(QUESTION)]],
    ["a prompt value", () => ChatPromptTemplate.fromMessages([["human", QUESTION]]).invoke({})],
  ])("streamEvents v2 of %s starts, streams and ends one run", async (_what, input) => {
    const { router } = await pair();
    const events = [];
    for await (const event of router.streamEvents((await input()) as string, { version: "v2" })) {
      events.push(event);
    }
    expect(events[0]?.event).toBe("on_chat_model_start");
    expect(events.at(-1)?.event).toBe("on_chat_model_end");
    const streamed = events.filter(({ event }) => event === "on_chat_model_stream");
    expect(streamed.map(({ data }) => (data.chunk as AIMessageChunk).text).join("")).toBe(
      CHAIN.answer,
    );
    expect(new Set(events.map(({ run_id }) => run_id)).size).toBe(1);
  });

  it("a merged stream is what invoke returns, with usage", async () => {
    const { router } = await pair();
    const [streamed, invoked] = [
      await merged(await router.stream(QUESTION)),
      await router.invoke(QUESTION),
    ];
    expect(streamed.text).toBe(invoked.text);
    expect(streamed.additional_kwargs.reasoning_content).toBe(THOUGHT);
    // Core's concat adds empty details.
    expect(streamed.usage_metadata).toMatchObject({ ...invoked.usage_metadata });
    expect(streamed.usage_metadata?.output_tokens).toBeGreaterThan(0);
  });

  it("batch answers each, in order", async () => {
    const { router } = await pair();
    const replies = await router.batch([QUESTION, QUESTION, QUESTION]);
    expect(replies.map(({ text }) => text)).toEqual(Array(3).fill(CHAIN.answer));
  });

  it("takes two messages of one role in a row, and text blocks as text", async () => {
    const { router, server } = await pair();
    const block = { type: "text", text: "from a block" };
    await router.invoke([
      new SystemMessage("hello"),
      new HumanMessage("hello"),
      new HumanMessage({ content: [block] }),
      new AIMessage("hello"),
      new HumanMessage(QUESTION),
    ]);
    const sent = server.to("/api/chat")[0]?.body.messages as { role: string; content: string }[];
    expect(sent.map(({ role }) => role)).toEqual(["system", "user", "user", "assistant", "user"]);
    expect(sent[2]?.content).toBe("from a block");
  });
});

describe("tools", () => {
  it("binds a StructuredTool over a zod 3 schema, and calls behind a prompt template", async () => {
    const { router, server } = await pair();
    const chain = PROMPT.pipe(router.bindTools([new AddTool()]));
    const message = await chain.invoke({ tool: "add" });
    expect(message.tool_calls).toMatchObject([
      { name: "add", args: { a: 2, b: 2 }, type: "tool_call" },
    ]);
    expect(chats(server)[0]?.tools).toMatchObject([
      { function: { name: "add", parameters: { properties: { a: { type: "number" } } } } },
    ]);
    expect(JSON.stringify(chats(server)[0]?.messages)).toContain("Always call add.");
  });

  it.each(["invoke", "stream"] as const)("goes on from its own call (%s)", async (how) => {
    const { router, server } = await pair();
    const model = router.bindTools([new AddTool()]);
    const ask = async (messages: (HumanMessage | GlimpRouterMessage | ToolMessage)[]) =>
      how === "invoke" ? model.invoke(messages) : merged(await model.stream(messages));
    const call = await ask([new HumanMessage(QUESTION)]);
    expect(call.usage_metadata?.output_tokens).toBeGreaterThan(0);
    const results = (call.tool_calls ?? []).map(
      ({ id = "" }) => new ToolMessage({ content: "4", tool_call_id: id }),
    );
    expect(results).toHaveLength(1);
    const reply = await ask([new HumanMessage(QUESTION), call, ...results]);
    expect(reply.text).toBe("It is 4.");
    expect(reply.tool_calls).toEqual([]);
    const sent = chats(server).at(-1)?.messages as { role: string }[];
    expect(sent.map(({ role }) => role).slice(0, 3)).toEqual(["user", "assistant", "tool"]);
    expect(sent[1]).toMatchObject({ tool_calls: [{ function: { name: "add" } }] });
  });
});

describe("histories with calls", () => {
  const call = { id: "abc123", name: "add", args: { a: 2, b: 2 }, type: "tool_call" } as const;
  const result = new ToolMessage("4", "abc123", "add");
  const bound = async () => {
    const { router, server } = await pair();
    return { server, model: router.bindTools([new AddTool()]) };
  };
  const roles = (server: FakeOllama) => {
    const { messages } = chats(server).at(-1) ?? {};
    return (messages as { role: string }[]).map(({ role }) => role);
  };

  it.each<[string, AIMessage["content"], string[]]>([
    ["a string", "", ["user", "assistant", "tool"]],
    [
      "Anthropic's blocks, of which `ChatOllama` makes two messages",
      [
        { type: "text", text: "some text" },
        { type: "tool_use", id: "abc123", name: "add", input: { a: 2, b: 2 } },
      ],
      ["user", "assistant", "assistant", "tool"],
    ],
  ])("whose content is %s", async (_what, content, expected) => {
    const { server, model } = await bound();
    const said = new AIMessage({ content, tool_calls: [call] });
    const reply = await model.invoke([new HumanMessage(QUESTION), said, result]);
    expect(reply.text).toBe("It is 4.");
    expect(roles(server).slice(0, expected.length)).toEqual(expected);
  });

  it("that are examples: call, result, answer, and a new question", async () => {
    const { server, model } = await bound();
    const said = new AIMessage({ content: "", tool_calls: [call] });
    const history = [new HumanMessage("1+1?"), said, result, new AIMessage("It is 4.")];
    const reply = await model.invoke([...history, new HumanMessage(QUESTION)]);
    expect(reply.tool_calls).toMatchObject([{ name: "add", args: { a: 2, b: 2 } }]);
    expect(roles(server).slice(0, 5)).toEqual(["user", "assistant", "tool", "assistant", "user"]);
  });

  it("of several calls at once, answered together", async () => {
    const { server, model } = await bound();
    const calls = [call, { ...call, id: "def456", args: { a: 1, b: 3 } }];
    const said = new AIMessage({ content: "", tool_calls: calls });
    const results = calls.map(({ id }) => new ToolMessage("4", id, "add"));
    const reply = await model.invoke([new HumanMessage(QUESTION), said, ...results]);
    expect(reply.tool_calls).toEqual([]);
    expect(reply.text).toBe("It is 4.");
    expect(roles(server).slice(0, 4)).toEqual(["user", "assistant", "tool", "tool"]);
  });
});

describe("structured output", () => {
  const Sum = z.object({ a: z.number(), b: z.number() }).describe("Adds two.");

  it.each([false, true])("by a call, told to handlers (includeRaw %s)", async (includeRaw) => {
    const { router } = await pair();
    const { told, callbacks } = toldFormats();
    const model = router.withStructuredOutput(Sum, { name: "add", includeRaw } as never);
    const result = await model.invoke(QUESTION, { callbacks });
    expect(told).toMatchObject([{ kwargs: { method: "functionCalling" } }]);
    const value = { a: 2, b: 2 };
    expect(result).toMatchObject(includeRaw ? { parsed: value } : value);
  });

  it("takes a schema with a choice, an object in an object, and a record of anything", async () => {
    const { router, server } = await pair();
    const Complex = z3.z.object({
      decision: z3.z.enum(["api", "fallback"]),
      details: z3.z.object({ service: z3.z.string(), parameters: z3.z.record(z3.z.unknown()) }),
    });
    const model = router.withStructuredOutput(Complex, { name: "decide", includeRaw: true });
    // The fake's own call does not fit the schema: what matters is how it was asked for.
    await model.invoke(QUESTION);
    expect(chats(server)[0]?.tools).toMatchObject([
      {
        function: {
          name: "decide",
          parameters: {
            properties: {
              decision: { enum: ["api", "fallback"] },
              details: { properties: { service: { type: "string" } } },
            },
          },
        },
      },
    ]);
  });
});

describe("cache", () => {
  it("finds a prompt again, and asks nobody", async () => {
    const { router, server } = await pair({ cache: new InMemoryCache() } as never);
    const first = await router.invoke(QUESTION);
    const asked = server.requests.length;
    const second = await router.invoke(QUESTION);
    expect(second.text).toBe(first.text);
    expect(second.usage_metadata).toEqual({ input_tokens: 0, output_tokens: 0, total_tokens: 0 });
    expect(server.requests).toHaveLength(asked);
  });

  it("is LangChain's own with `cache: true`", async () => {
    const { router } = await pair({ cache: true } as never);
    expect(router.cache).toBeInstanceOf(InMemoryCache);
  });
});

describe("identity", () => {
  it("names the class in versions and in JSON, and holds nothing of the models", async () => {
    const { router, server } = await pair({ metadata: { team: "a" } } as never);
    expect(router.metadata).toMatchObject({ team: "a" });
    expect(Object.keys(router.metadata?.versions as object)).toContain("langchain-glimprouter");
    expect(router.lc_secrets).toBeUndefined();
    const json = JSON.stringify(router);
    expect(JSON.parse(json)).toMatchObject({ lc: 1, type: "not_implemented" });
    expect(json).not.toContain(server.url);
  });
});
