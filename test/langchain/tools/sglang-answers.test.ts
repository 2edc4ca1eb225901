import { tool } from "@langchain/core/tools";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { GlimpRouterChatModel } from "../../../src/index.js";
import type { FakeSglangOptions } from "../../servers/fake-sglang/fake-sglang-options.js";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { fakeSglang } from "../../writers/sglang/sglang-setup.js";
import { chatOpenAI } from "../../writers/vllm/vllm-setup.js";
import { recordOf } from "../record-of.js";
import { BEFORE, CALL, toolScript, weather } from "./tool-pair.js";

const QUESTION = "Weather in Oslo?";
const CALLED = { name: "weather", args: { city: "Oslo" } };
const CITY = z.object({ city: z.string() });
const CLOSED = `<think>\n${BEFORE}\n</think>\n\n`;
const OPENING = "<|im_start|>assistant\n";

/** What a grammar makes of the call where the answer is held to its arguments. */
const ARGUMENTS = '{"city": "Oslo"}';

async function pair(options: Partial<FakeSglangOptions>, answer = CALL) {
  const common = { model: toolScript(answer), toolParser: true, ...options };
  const [small, large] = [await fakeSglang(common), await fakeSglang(common)];
  const router = new GlimpRouterChatModel({ small: chatOpenAI(small), large: chatOpenAI(large) });
  return { small, large, router };
}

const FORCED = [
  ["a named tool", { tool_choice: "weather" }],
  ["any tool", { tool_choice: "any" }],
] as const;

describe.each(FORCED)("a forced call on SGLang: %s", (_name, choice) => {
  it.each([false, "qwen3"] as const)(
    "S11: is strict, or its arguments are held to nothing (reasoning parser %s)",
    async (reasoningParser) => {
      const { large, router } = await pair({ reasoningParser });
      const message = await router.bindTools([weather], choice).invoke(QUESTION);
      expect(message.tool_calls).toMatchObject([CALLED]);
      const [chat] = large.to("/v1/chat/completions");
      expect(chat?.body.tools).toMatchObject([{ function: { name: "weather", strict: true } }]);
      expect(large.violations).toEqual([]);
    },
  );

  it("S11: with deepseek-r1, which enforces none, is asked for as text in the arguments' form", async () => {
    const { large, router } = await pair({ reasoningParser: true }, ARGUMENTS);
    const message = await router.bindTools([weather], choice).invoke(QUESTION);
    expect(message.tool_calls).toMatchObject([CALLED]);
    expect(message.tool_calls?.[0]?.id).toMatch(/^call_./);
    expect(message.text).toBe("");
    expect(recordOf(message).answer?.end).toBe("tool_calls");
    expect(large.to("/v1/chat/completions")).toEqual([]);
    const { body, prompt } = large.to("/v1/completions").at(-1) ?? {};
    expect(prompt?.endsWith(CLOSED)).toBe(true);
    expect(body?.response_format).toMatchObject({
      json_schema: { schema: { required: ["city"] } },
    });
    expect(large.violations).toEqual([]);
  });

  it("T8: on the Rust front end, which ignores ids, is asked for in a message that is gone on with", async () => {
    const { large, router } = await pair({ rust: true, template: "qwen3" });
    const message = await router.bindTools([weather], choice).invoke(QUESTION);
    expect(message.tool_calls).toMatchObject([CALLED]);
    const [chat] = large.to("/v1/chat/completions");
    expect(chat?.prompt).toContain('"name":"weather"');
    expect(chat?.prompt?.endsWith(OPENING + CLOSED)).toBe(true);
    expect(chat?.body.tools).toMatchObject([{ function: { name: "weather", strict: true } }]);
    expect(large.violations).toEqual([]);
  });
});

describe("what one text has to tell", () => {
  const time = tool(() => "noon", { name: "time", description: "The time.", schema: z.object({}) });

  it("S11: of several tools, which one it is", async () => {
    const answer = '{"name": "weather", "arguments": {"city": "Oslo"}}';
    const { large, router } = await pair({ reasoningParser: true }, answer);
    const model = router.bindTools([time, weather], { tool_choice: "any" });
    expect((await model.invoke(QUESTION)).tool_calls).toMatchObject([CALLED]);
    const { body } = large.to("/v1/completions").at(-1) ?? {};
    expect(body?.response_format).toMatchObject({
      json_schema: {
        schema: {
          anyOf: [{ properties: { name: { const: "time" } } }, { required: ["name", "arguments"] }],
        },
      },
    });
  });

  it("S11: a choice that was cut short stays text", async () => {
    const cut = '{"name": "wea';
    const { router } = await pair({ reasoningParser: true }, cut);
    const message = await router
      .bindTools([time, weather], { tool_choice: "any" })
      .invoke(QUESTION);
    expect([message.text, message.tool_calls]).toEqual([cut, []]);
  });

  it("S11: withStructuredOutput's default way is held to its schema with deepseek-r1", async () => {
    const { router } = await pair({ reasoningParser: true }, ARGUMENTS);
    const model = router.withStructuredOutput(CITY, { method: "functionCalling" });
    expect(await model.invoke(QUESTION)).toEqual({ city: "Oslo" });
  });
});

describe("SGLang's Rust front end", () => {
  const formatted = scriptedThought({
    steps: [{ text: "It rains.", entropy: 0.2 }],
    answer: '{"city": "Oslo"}',
  });

  it("T8: a response format goes the way that it obeys", async () => {
    const { large, router } = await pair({ rust: true, model: formatted });
    const model = router.withStructuredOutput(CITY, { method: "jsonSchema" });
    expect(await model.invoke(QUESTION)).toEqual({ city: "Oslo" });
    expect(large.to("/v1/chat/completions")[0]?.prompt).toMatch(/It rains\.\n<\/think>\n\n$/);
    expect(large.violations).toEqual([]);
  });

  it("T8: tools that are not forced go along, in the same message", async () => {
    const { large, router } = await pair({ rust: true });
    const message = await router.bindTools([weather]).invoke(QUESTION);
    expect(message.tool_calls).toMatchObject([CALLED]);
    expect(large.to("/v1/chat/completions")[0]?.prompt?.endsWith(CLOSED)).toBe(true);
    expect(large.violations).toEqual([]);
  });

  it("T8: with a reasoning parser it obeys nothing, which is told before the thought", async () => {
    const { small, large, router } = await pair({ rust: true, reasoningParser: "qwen3" });
    await expect(router.bindTools([weather]).invoke(QUESTION)).rejects.toMatchObject({
      reason: "invalid_option",
      role: "large",
      message: expect.stringContaining("Start it without SGLANG_RUST_SERVER"),
    });
    expect([...small.to("/v1/completions"), ...large.to("/v1/completions")]).toEqual([]);
    expect((await router.invoke(QUESTION)).text).not.toBe("");
  });
});
