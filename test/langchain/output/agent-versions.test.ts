import { type AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { createAgent } from "langchain";
import { afterEach, describe, expect, it, vi } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { CALL, toolPair, toolScript, weather } from "../tools/tool-pair.js";

const INPUT = { messages: [{ role: "user", content: "Weather in Oslo?" }] };

function agentOf(model: GlimpRouterChatModel) {
  return createAgent({ model, tools: [weather] });
}

type Agent = ReturnType<typeof agentOf>;

/** What an agent did, however it was looked at: each message's text, calls and content. */
interface Seen {
  readonly type: string;
  readonly text: string;
  readonly calls: readonly string[];
  readonly blocks: readonly string[];
}

function seen(message: BaseMessage): Seen {
  const { tool_calls = [] } = message as AIMessage;
  return {
    type: message.type,
    text: message.text,
    calls: tool_calls.map(({ name, args }) => `${name} ${JSON.stringify(args)}`),
    blocks: message.type === "ai" ? message.contentBlocks.map(({ type }) => type) : [],
  };
}

/** The same run on each of an agent's surfaces. */
const SURFACES: Readonly<Record<string, (agent: Agent) => Promise<readonly BaseMessage[]>>> = {
  invoke: async (agent) => (await agent.invoke(INPUT)).messages.slice(1),

  "streamMode messages": async (agent) => {
    const whole = new Map<string, BaseMessage>();
    const stream = await agent.stream(INPUT, { streamMode: "messages" });
    for await (const [message] of stream as AsyncIterable<[BaseMessage]>) {
      const before = whole.get(message.id ?? "");
      const merges = AIMessageChunk.isInstance(before) && AIMessageChunk.isInstance(message);
      whole.set(message.id ?? "", merges ? concat(before, message) : message);
    }
    return [...whole.values()];
  },

  "streamMode updates": async (agent) => {
    const messages: BaseMessage[] = [];
    const stream = await agent.stream(INPUT, { streamMode: "updates" });
    for await (const update of stream as AsyncIterable<
      Record<string, { messages: BaseMessage[] }>
    >) {
      for (const node of Object.values(update)) messages.push(...node.messages);
    }
    return messages;
  },

  "streamEvents v2": async (agent) => {
    let last: { messages?: BaseMessage[] } = {};
    for await (const { event, data } of agent.streamEvents(INPUT, { version: "v2" })) {
      if (event === "on_chain_end") last = data.output as typeof last;
    }
    return (last.messages ?? []).slice(1);
  },

  "streamEvents v3": async (agent) => {
    const run = await agent.streamEvents(INPUT, { version: "v3" });
    const { messages } = (await run.output) as { messages: BaseMessage[] };
    return messages.slice(1);
  },
};

const RUN: readonly Seen[] = [
  { type: "ai", text: "", calls: ['weather {"city":"Oslo"}'], blocks: ["reasoning", "tool_call"] },
  { type: "tool", text: "Rain in Oslo.", calls: [], blocks: [] },
  { type: "ai", text: "It rains.", calls: [], blocks: ["reasoning", "text"] },
];

async function asked(fields: Partial<GlimpRouterFields>): Promise<GlimpRouterChatModel> {
  const small = await fakeVllm({ model: toolScript(), toolParser: true });
  const reply = (text: string) =>
    scriptedThought({ steps: [{ text, entropy: 0.1 }], answer: "", tags: null });
  const large = await fakeVllm({
    model: (prompt) => reply(prompt.includes("Rain in Oslo.") ? "It rains." : CALL)(prompt),
    toolParser: true,
  });
  return new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    continuation: { small: "vllm", large: "ask" },
    threshold: 2.5,
    ...fields,
  });
}

const ROUTERS: Readonly<
  Record<string, (fields: Partial<GlimpRouterFields>) => Promise<GlimpRouterChatModel>>
> = {
  vllm: async (fields) => (await toolPair()).router(fields),
  "vllm-chat": async (fields) =>
    (await toolPair()).router({ continuation: "vllm-chat", ...fields }),
  ask: asked,
};

afterEach(() => vi.unstubAllEnvs());

describe.each(Object.entries(ROUTERS))("L1: an agent over a router, %s", (_kind, routerOf) => {
  describe.each(["v0", "v1"] as const)("outputVersion %s", (outputVersion) => {
    it.each(Object.entries(SURFACES))("calls its tool and answers: %s", async (_name, surface) => {
      const model = await routerOf({ outputVersion });
      const messages = await surface(agentOf(model));
      expect(messages.map(seen)).toEqual(RUN);
    });
  });

  it("LC_OUTPUT_VERSION=v1 is the same", async () => {
    vi.stubEnv("LC_OUTPUT_VERSION", "v1");
    const agent = agentOf(await routerOf({}));
    const messages = await SURFACES["streamMode messages"]?.(agent);
    expect(messages?.map(seen)).toEqual(RUN);
    expect(Array.isArray(messages?.at(-1)?.content)).toBe(true);
  });
});
