import type { AIMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { createAgent } from "langchain";
import { describe, expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import type { ToolCallDelta } from "../../servers/fake-vllm/tool-call-delta.js";
import { ScriptedChatModel } from "../../writers/ask/scripted-chat-model.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { WHOLE_REPLIES } from "../output/whole-replies.js";
import { CALL, toolPair, toolScript, weather } from "./tool-pair.js";

const QUESTION = "Weather in Oslo?";
const TWO_CALLS = `${CALL}\n${CALL.replace('"weather"', '"report"').replace("Oslo", "Rome")}`;
const report = { type: "function", function: { name: "report", parameters: { type: "object" } } };
const tools = [weather, report];

/** How servers were seen to stream calls, beside OpenAI's way. */
const FORMS: Readonly<Record<string, () => (delta: ToolCallDelta) => object>> = {
  "T5: the same index": () => (delta) => ({ ...delta, index: 0 }),
  "T5: no index": () => (delta) => ({ ...delta, index: undefined }),
  "T5: null as index": () => (delta) => ({ ...delta, index: null }),
  "T6: a name in every piece": () => repeatName((delta) => delta),
  "T5, T6: a name in every piece, the same index": () =>
    repeatName((delta) => ({ ...delta, index: 0 })),
};

function repeatName(form: (delta: ToolCallDelta) => ToolCallDelta) {
  let name = "";
  return (delta: ToolCallDelta): ToolCallDelta => {
    name = delta.function.name ?? name;
    return form({ ...delta, function: { ...delta.function, name } });
  };
}

function calls({ tool_calls = [] }: { readonly tool_calls?: readonly ToolCall[] }) {
  return tool_calls.map(({ id, name, args }) => ({ id, name, args }));
}

const EXPECTED = [
  { id: expect.any(String), name: "weather", args: { city: "Oslo" } },
  { id: expect.any(String), name: "report", args: { city: "Rome" } },
];

const versions = ["v0", "v1"] as const;
const surfaces = Object.entries(WHOLE_REPLIES);

describe.each(Object.entries(FORMS))("%s", (_form, toolCallDelta) => {
  it.each(versions)("two calls are two on every surface, %s", async (outputVersion) => {
    const { router } = await toolPair({
      model: toolScript(TWO_CALLS),
      toolCallDelta: (delta) => form(delta),
    });
    let form = toolCallDelta();
    for (const [surface, whole] of surfaces) {
      form = toolCallDelta();
      const message = await whole(router({ outputVersion }), QUESTION, { tools });
      expect(calls(message), surface).toEqual(EXPECTED);
      expect(new Set(calls(message).map(({ id }) => id)).size, surface).toBe(2);
      expect(message.invalid_tool_calls ?? [], surface).toEqual([]);
    }
  });

  it("an agent runs its tool, and answers", async () => {
    const { router } = await toolPair({ toolCallDelta: toolCallDelta() });
    const agent = createAgent({ model: router(), tools: [weather] });
    const { messages } = await agent.invoke({ messages: [{ role: "user", content: QUESTION }] });
    expect(messages.map(({ type }) => type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(messages.at(-1)?.text).toBe("It rains.");
  });
});

/** Small continues text; large is a model that is asked, and whose chunks are given. */
async function promptedRouter(
  chunks: readonly (Partial<AIMessage> & object)[],
  fields: Partial<GlimpRouterFields> = {},
) {
  const small = await fakeVllm({ model: toolScript(), toolParser: true });
  const reply = chunks.map((chunk) => ({ content: "", ...chunk }));
  const large = new ScriptedChatModel([reply, reply, reply, reply, reply] as never);
  Object.assign(large, { bindTools: () => large });
  return new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large,
    continuation: { small: "vllm", large: "ask" },
    threshold: 2.5,
    ...fields,
  });
}

const piece = (fields: object) => ({
  tool_call_chunks: [{ type: "tool_call_chunk", ...fields }],
});

describe("a large model that is asked", () => {
  it.each([
    ["T5: the same index", { index: 0 }],
    ["T5: no index", {}],
  ])("%s: two calls are two on every surface", async (_what, where) => {
    const chunks = [
      piece({ ...where, id: "c1", name: "weather", args: "" }),
      piece({ ...where, args: '{"city": "Oslo"}' }),
      piece({ ...where, id: "c2", name: "report", args: '{"city"' }),
      piece({ ...where, args: ': "Rome"}' }),
    ];
    for (const outputVersion of versions) {
      const router = await promptedRouter(chunks as never, { outputVersion });
      for (const [surface, whole] of surfaces) {
        expect(calls(await whole(router, QUESTION, { tools })), surface).toEqual(EXPECTED);
      }
    }
  });

  it("T6: a name in every piece is one name", async () => {
    const chunks = [
      piece({ index: 0, id: "c1", name: "weather", args: "" }),
      piece({ index: 0, name: "weather", args: '{"city": ' }),
      piece({ index: 0, name: "weather", args: '"Oslo"}' }),
    ];
    const router = await promptedRouter(chunks as never);
    for (const [surface, whole] of surfaces) {
      const message = await whole(router, QUESTION, { tools });
      expect(calls(message), surface).toEqual(EXPECTED.slice(0, 1));
    }
  });

  it("hands out whole calls where it does not stream", async () => {
    const tool_calls = [{ id: "c1", name: "weather", args: { city: "Oslo" } }];
    const router = await promptedRouter([{ tool_calls } as never]);
    const message = await router.invoke(QUESTION, { tools });
    expect(calls(message)).toEqual(EXPECTED.slice(0, 1));
    expect(message.response_metadata.finish_reason).toBe("tool_calls");
  });
});

describe("L3: arguments that are no JSON", () => {
  const MALFORMED = CALL.replace('"Oslo"', "Oslo");
  const INVALID = {
    type: "invalid_tool_call",
    name: "weather",
    args: '{"city": Oslo}',
    id: expect.any(String),
    error: "Malformed args.",
  };

  it.each(surfaces)("are an invalid call, the same as elsewhere: %s", async (_surface, whole) => {
    const { router } = await toolPair({ model: toolScript(MALFORMED) });
    const v1 = await whole(router({ outputVersion: "v1" }), QUESTION, { tools });
    expect(v1.tool_calls).toEqual([]);
    expect(v1.contentBlocks).toEqual([
      { type: "reasoning", reasoning: expect.any(String), index: 0 },
      { ...INVALID, index: 2 },
    ]);
    const v0 = await whole(router(), QUESTION, { tools });
    const blocks: readonly { type: string; index?: unknown }[] = v0.contentBlocks;
    expect(blocks.map(({ index: _index, ...block }) => block)).toEqual([
      { type: "reasoning", reasoning: expect.any(String) },
      INVALID,
    ]);
  });

  it("stand beside a call that is one, each at its own place", async () => {
    const { router } = await toolPair({ model: toolScript(`${MALFORMED}\n${CALL}`) });
    const contents: unknown[] = [];
    for (const [, whole] of surfaces) {
      const message = await whole(router({ outputVersion: "v1" }), QUESTION, { tools });
      // Ids are each call's own.
      const blocks = message.content as unknown as readonly object[];
      contents.push(blocks.map((block) => ({ ...block, id: "id" in block })));
      expect(calls(message)).toEqual(EXPECTED.slice(0, 1));
    }
    expect(contents[0]).toMatchObject([
      {},
      { ...INVALID, id: true, index: 2 },
      { type: "tool_call", id: true, index: 3 },
    ]);
    for (const content of contents) expect(content).toEqual(contents[0]);
  });
});

describe("while a call streams", () => {
  it.each(versions)("its pieces are tool_call_chunks, %s", async (outputVersion) => {
    const { router } = await toolPair();
    const model = router({ outputVersion });
    const blocks: string[] = [];
    const pieces: (string | undefined)[] = [];
    for await (const chunk of await model.stream(QUESTION, { tools })) {
      for (const { args } of chunk.tool_call_chunks ?? []) pieces.push(args);
      for (const { type } of chunk.contentBlocks) blocks.push(type);
    }
    expect(pieces.join("")).toBe('{"city": "Oslo"}');
    const ofCalls = new Set(blocks.filter((type) => type !== "reasoning"));
    expect([...ofCalls]).toEqual(outputVersion === "v1" ? ["tool_call"] : ["tool_call_chunk"]);
  });
});
