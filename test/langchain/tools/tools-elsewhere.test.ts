import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import type { FakeLlamacppOptions } from "../../servers/fake-llamacpp/fake-llamacpp-options.js";
import type { FakeSglangOptions } from "../../servers/fake-sglang/fake-sglang-options.js";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { errorOf } from "../../writers/error-of.js";
import { fakeLlamacpp, llamacppModel } from "../../writers/llamacpp/llamacpp-setup.js";
import { fakeSglang } from "../../writers/sglang/sglang-setup.js";
import { chatOpenAI } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";
import { BEFORE, toolScript, weather } from "./tool-pair.js";

const QUESTION = "Weather in Oslo?";
const CALLED = { name: "weather", args: { city: "Oslo" } };
const CLOSED = `<think>\n${BEFORE}\n</think>\n\n`;
const FORMAT = z.object({ rain: z.boolean() });
/** A thought, and an answer in the format that the server's grammar would hold it to. */
const formatted = scriptedThought({
  steps: [{ text: "It rains.", entropy: 0.2 }],
  answer: '{"rain": true}',
});

async function sglangPair(options: Partial<FakeSglangOptions> = {}) {
  const common = { model: toolScript(), toolParser: true, ...options };
  const [small, large] = [await fakeSglang(common), await fakeSglang(common)];
  return {
    small,
    large,
    router: (fields: Partial<GlimpRouterFields> = {}) =>
      new GlimpRouterChatModel({ small: chatOpenAI(small), large: chatOpenAI(large), ...fields }),
  };
}

async function llamacppPair(options: Partial<FakeLlamacppOptions> = {}) {
  const common = { model: toolScript(), refuseViolations: true, ...options };
  const [small, large] = [await fakeLlamacpp(common), await fakeLlamacpp(common)];
  return {
    small,
    large,
    router: (fields: Partial<GlimpRouterFields> = {}) =>
      new GlimpRouterChatModel({
        small: llamacppModel(small),
        large: llamacppModel(large),
        ...fields,
      }),
  };
}

describe("tools on SGLang", () => {
  it.each([
    ["plain", false],
    ["qwen3", true],
    ["r1", true],
  ] as const)(
    "a call goes on from the very text of the thought, as ids (template %s, reasoning parser %s)",
    async (template, reasoningParser) => {
      const { large, router } = await sglangPair({ template, reasoningParser });
      const message = await router().bindTools([weather]).invoke(QUESTION);
      expect(message.tool_calls).toMatchObject([CALLED]);
      expect(message.text).toBe("");
      expect(message.additional_kwargs.reasoning_content).toBe(BEFORE);
      expect(recordOf(message).answer?.end).toBe("tool_calls");
      const [chat] = large.to("/v1/chat/completions");
      const before = large.to("/v1/completions").at(-1)?.prompt ?? "";
      expect(chat?.prompt?.endsWith(CLOSED)).toBe(true);
      expect(chat?.prompt?.startsWith(before)).toBe(true);
      expect(chat?.body.separate_reasoning).toBe(false);
      expect(large.violations).toEqual([]);
    },
  );

  it("ids have one BOS where the tokenizer adds it", async () => {
    const { large, router } = await sglangPair({ tokenizerAddsBos: true });
    await router().bindTools([weather]).invoke(QUESTION);
    expect(large.to("/v1/chat/completions")[0]?.prompt?.startsWith("<s><|im_start|>")).toBe(true);
    expect(large.violations).toEqual([]);
  });

  it("a tool's result is thought about, and answered", async () => {
    const { router } = await sglangPair();
    const message = await router().bindTools([weather]).invoke(afterTheCall());
    expect(message.text).toBe("It rains.");
    expect(message.tool_calls).toEqual([]);
    expect(message.response_metadata.finish_reason).toBe("stop");
  });

  it("asks for fewer tokens where the context is nearly full", async () => {
    const { router } = await sglangPair({ contextLength: 260 });
    const message = await router({ contextSize: { small: 4096, large: 4096 } })
      .bindTools([weather])
      .invoke(QUESTION);
    expect(message.tool_calls).toMatchObject([CALLED]);
  });

  it("a response format needs no chat: text is held to it, behind the closed thought", async () => {
    const { large, router } = await sglangPair({ model: formatted, reasoningParser: true });
    const model = router().withStructuredOutput(FORMAT, { method: "jsonSchema" });
    expect(await model.invoke(QUESTION)).toEqual({ rain: true });
    expect(large.to("/v1/chat/completions")).toEqual([]);
    const { body, prompt } = large.to("/v1/completions").at(-1) ?? {};
    expect(prompt?.endsWith("<think>\nIt rains.\n</think>\n\n")).toBe(true);
    expect(body?.response_format).toMatchObject({ type: "json_schema" });
  });
});

describe("tools on llama.cpp", () => {
  it.each([
    ["plain", true, "content"],
    ["trimming", true, "content"],
    ["qwen3", "content", "reasoning_content"],
    ["r1", "content", "reasoning_content"],
  ] as const)(
    "template %s: continue_final_message %s, the closed thought in %s",
    async (template, flag, carrier) => {
      const { large, router } = await llamacppPair({ template });
      const message = await router().bindTools([weather]).invoke(QUESTION);
      expect(message.tool_calls).toMatchObject([CALLED]);
      expect(message.additional_kwargs.reasoning_content).toBe(BEFORE);
      const [chat] = large.to("/v1/chat/completions");
      expect(chat?.prompt?.endsWith(CLOSED)).toBe(true);
      expect(chat?.body).toMatchObject({
        continue_final_message: flag,
        add_generation_prompt: false,
      });
      const messages = (chat?.body.messages ?? []) as Record<string, string>[];
      const last = messages.at(-1);
      expect(last?.[carrier]).toContain(BEFORE);
      expect(large.violations).toEqual([]);
    },
  );

  it("a tool's result is thought about, and answered", async () => {
    const { router } = await llamacppPair({ template: "qwen3" });
    const message = await router().bindTools([weather]).invoke(afterTheCall());
    expect(message.text).toBe("It rains.");
    expect(message.tool_calls).toEqual([]);
  });

  it("a response format needs no chat, which would refuse it: its schema goes with the text", async () => {
    const { large, router } = await llamacppPair({ model: formatted });
    const model = router().withStructuredOutput(FORMAT, { method: "jsonSchema" });
    expect(await model.invoke(QUESTION)).toEqual({ rain: true });
    expect(large.to("/v1/chat/completions")).toEqual([]);
    const { body, prompt } = large.to("/v1/completions").at(-1) ?? {};
    expect(prompt?.endsWith("<think>\nIt rains.\n</think>\n\n")).toBe(true);
    expect(body?.json_schema).toMatchObject({ properties: { rain: { type: "boolean" } } });
  });

  it("JSON of any shape is an object", async () => {
    const { large, router } = await llamacppPair({ model: formatted });
    await router().invoke(QUESTION, { response_format: { type: "json_object" } });
    const { body } = large.to("/v1/completions").at(-1) ?? {};
    expect(body?.json_schema).toEqual({ type: "object" });
  });
});

describe("a response format that is held to as text", () => {
  it.each([
    ["SGLang", () => sglangPair({ model: formatted })],
    ["llama.cpp", () => llamacppPair({ model: formatted })],
  ] as const)(
    "%s: cut behind what was handed out it is an error, and another call asks for it anew",
    async (_server, pair) => {
      const { large, router } = await pair();
      large.fail("cut", { path: "/v1/completions" });
      const asked = { response_format: { type: "json_object" } } as const;
      const error = await errorOf(router().invoke(QUESTION, asked));
      expect(error).toMatchObject({ reason: "stream_cut", role: "large" });
      expect(large.to("/v1/completions")).toHaveLength(1);
      const resume = JSON.parse(JSON.stringify(error.resume));
      const message = await router().invoke(QUESTION, { ...asked, resume });
      expect(message.text).toBe('{"rain": true}');
      expect(message.additional_kwargs.reasoning_content).toBe("It rains.");
      expect(large.to("/v1/completions")).toHaveLength(2);
    },
  );
});

function afterTheCall() {
  return [
    new HumanMessage(QUESTION),
    new AIMessage({
      content: "",
      additional_kwargs: { reasoning_content: BEFORE },
      tool_calls: [{ id: "c1", name: "weather", args: { city: "Oslo" } }],
    }),
    new ToolMessage({ content: "Rain in Oslo.", tool_call_id: "c1" }),
  ];
}
