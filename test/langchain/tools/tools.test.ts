import {
  AIMessage,
  type AIMessageChunk,
  HumanMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { describe, expect, it } from "vitest";
import type { FakeVllm } from "../../servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../../servers/script/scripted-model.js";
import { recordOf } from "../record-of.js";
import { BEFORE, CALL, toolPair, toolScript, weather } from "./tool-pair.js";

const QUESTION = "Weather in Oslo?";
const TOOL_CALL = {
  id: expect.stringMatching(/^chatcmpl-tool-\w{8}$/),
  name: "weather",
  args: { city: "Oslo" },
  type: "tool_call",
};

/** The answer's request. */
function answerTo(server: FakeVllm) {
  const request = server.to("/v1/chat/completions").at(-1);
  if (request === undefined) throw new Error("No answer was asked for in chat.");
  return request;
}

describe("a call of a tool", () => {
  it("is the answer; the thought before it was routed and saw the tools", async () => {
    const { small, large, router } = await toolPair();
    const message = await router().bindTools([weather]).invoke(QUESTION);
    expect(message.tool_calls).toEqual([TOOL_CALL]);
    expect(message.text).toBe("");
    expect(message.additional_kwargs.reasoning_content).toBe(BEFORE);
    expect(message.response_metadata.finish_reason).toBe("tool_calls");
    const record = recordOf(message);
    expect(record.steps.map(({ route }) => route)).toEqual(["small", "large"]);
    expect(record.answer?.end).toBe("tool_calls");
    expect(record.requests).toEqual({ small: 1, large: 2 });
    for (const { prompt } of [...small.to("/v1/completions"), ...large.to("/v1/completions")]) {
      expect(prompt).toContain('"name":"weather"');
    }
  });

  it.each([
    ["plain", "content"],
    ["qwen3", "reasoning_content"],
  ] as const)(
    "goes on behind the closed thought: template %s carries it as %s",
    async (template, carrier) => {
      const { large, router } = await toolPair({ template });
      const message = await router().bindTools([weather]).invoke(QUESTION);
      expect(message.tool_calls).toEqual([TOOL_CALL]);
      const { body, prompt } = answerTo(large);
      expect(prompt?.trimEnd().endsWith(`<think>\n${BEFORE}\n</think>`)).toBe(true);
      const last = (body.messages as Record<string, string>[]).at(-1);
      expect(last?.[carrier]).toContain(BEFORE);
      expect(body).toMatchObject({ continue_final_message: true, add_generation_prompt: false });
    },
  );

  it("finds the carrier once for each server", async () => {
    const { large, router } = await toolPair({ template: "qwen3" });
    const model = router().bindTools([weather]);
    await model.invoke(QUESTION);
    const before = large.to("/tokenize").length;
    await model.invoke(QUESTION);
    expect(large.to("/tokenize").length - before).toBe(1);
  });

  it("asks, with thinking switched off, where the template deletes thoughts", async () => {
    const { large, router } = await toolPair({ template: "r1", reasoningParser: true });
    const message = await router().bindTools([weather]).invoke(QUESTION);
    expect(message.tool_calls).toEqual([TOOL_CALL]);
    expect(message.text).toBe("");
    const { body } = answerTo(large);
    expect(body.continue_final_message).toBeUndefined();
    expect(body.chat_template_kwargs).toEqual({ enable_thinking: false, thinking: false });
    expect(JSON.stringify(body.messages)).toContain("So call the tool for Oslo.");
  });

  it("streams in chunks that merge to the call", async () => {
    const { router } = await toolPair();
    let merged: AIMessageChunk | undefined;
    const slices: string[] = [];
    for await (const chunk of await router().bindTools([weather]).stream(QUESTION)) {
      merged = merged === undefined ? chunk : concat(merged, chunk as AIMessageChunk);
      for (const { args } of chunk.tool_call_chunks ?? []) if (args) slices.push(args);
    }
    expect(merged?.tool_calls).toEqual([TOOL_CALL]);
    expect(slices.join("")).toBe('{"city": "Oslo"}');
    expect(slices.length).toBeGreaterThan(1);
    expect(merged?.response_metadata.finish_reason).toBe("tool_calls");
  });

  it("is a block of its own in the content-block protocol", async () => {
    const { router } = await toolPair();
    const stream = router().streamEvents(QUESTION, { tools: [weather] });
    expect(await stream.toolCalls).toMatchObject([TOOL_CALL]);
    const message = await stream.output;
    expect(message.tool_calls).toMatchObject([TOOL_CALL]);
    expect(message.content).toMatchObject([{ type: "reasoning" }, { type: "tool_call" }]);
    expect(message.response_metadata.finish_reason).toBe("tool_use");
  });

  it("is a block of v1 content", async () => {
    const { router } = await toolPair();
    const message = await router({ outputVersion: "v1" }).bindTools([weather]).invoke(QUESTION);
    expect(message.contentBlocks).toMatchObject([
      { type: "reasoning" },
      { type: "tool_call", name: "weather", args: { city: "Oslo" } },
    ]);
    expect(message.tool_calls).toEqual([TOOL_CALL]);
  });

  it("can be one of several at once", async () => {
    const second = CALL.replace("Oslo", "Rome");
    const { router } = await toolPair({ model: toolScript(`Let me see.\n${CALL}\n${second}`) });
    const message = await router().bindTools([weather]).invoke(QUESTION);
    expect(message.text.trim()).toBe("Let me see.");
    expect(message.tool_calls).toEqual([TOOL_CALL, { ...TOOL_CALL, args: { city: "Rome" } }]);
    expect(new Set(message.tool_calls?.map(({ id }) => id)).size).toBe(2);
  });
});

describe("what goes to the server", () => {
  it.each([
    ["any", "required"],
    ["auto", "auto"],
    ["weather", { type: "function", function: { name: "weather" } }],
  ])("tool_choice %s as OpenAI has it", async (choice, sent) => {
    const { large, router } = await toolPair();
    await router().bindTools([weather], { tool_choice: choice }).invoke(QUESTION);
    expect(answerTo(large).body.tool_choice).toEqual(sent);
  });

  it("is text as ever with tool_choice none, or without tools", async () => {
    const { small, large, router } = await toolPair();
    await router().bindTools([weather], { tool_choice: "none" }).invoke(QUESTION);
    await router().bindTools([]).invoke(QUESTION);
    expect(large.to("/v1/chat/completions")).toEqual([]);
    expect(small.to("/v1/chat/completions")).toEqual([]);
  });

  it("is the call's stop, for the answer alone", async () => {
    const { small, large, router } = await toolPair();
    await router()
      .bindTools([weather], { stop: ["\nObservation"] })
      .invoke(QUESTION);
    expect(answerTo(large).body.stop).toEqual(["\nObservation"]);
    for (const { body } of small.to("/v1/completions")) expect(body.stop).toBeUndefined();
  });

  it("has no run-time noise of an agent in it", async () => {
    const { large, router } = await toolPair();
    const noise = { writer: () => {}, interrupt: () => {}, control: {}, executionInfo: {} };
    await router().invoke(QUESTION, { tools: [weather], ...noise } as never);
    const fields = Object.keys(answerTo(large).body);
    for (const field of Object.keys(noise)) expect(fields).not.toContain(field);
  });
});

describe("a history with a tool's result", () => {
  const call = new AIMessage({
    content: "",
    additional_kwargs: { reasoning_content: BEFORE },
    tool_calls: [{ id: "c1", name: "weather", args: { city: "Oslo" } }],
  });
  const result = new ToolMessage({ content: "Rain in Oslo.", tool_call_id: "c1" });

  it("is thought about again, by both models, with the reasoning of this turn", async () => {
    const { small, large, router } = await toolPair({ template: "qwen3" });
    const messages = [new HumanMessage(QUESTION), call, result];
    const message = await router().bindTools([weather]).invoke(messages);
    expect(message.text).toBe("It rains.");
    expect(message.tool_calls).toEqual([]);
    expect(message.response_metadata.finish_reason).toBe("stop");
    expect(recordOf(message).steps).toHaveLength(2);
    for (const server of [small, large]) {
      const [rendered] = server.to("/tokenize");
      expect(rendered?.body.messages).toMatchObject([
        { role: "user" },
        { role: "assistant", reasoning_content: BEFORE, tool_calls: [{ id: "c1" }] },
        { role: "tool", tool_call_id: "c1", content: "Rain in Oslo." },
      ]);
    }
  });

  it("leaves the reasoning of earlier turns out", async () => {
    const { small, router } = await toolPair({ template: "qwen3" });
    const messages = [new HumanMessage(QUESTION), call, result, new HumanMessage("And now?")];
    await router().bindTools([weather]).invoke(messages);
    expect(JSON.stringify(small.to("/tokenize")[0]?.body)).not.toContain("We need the weather.");
  });
});

describe("thinking: false, with tools", () => {
  it.each([
    [1, "large"],
    [2.5, "small"],
  ] as const)(
    "one glimpse, then one model writes the whole turn (threshold %s: %s)",
    async (threshold, route) => {
      const { small, large, router } = await toolPair({ model: TURN });
      const message = await router({ thinking: false, threshold })
        .bindTools([weather])
        .invoke(QUESTION);
      expect(message.tool_calls).toEqual([TOOL_CALL]);
      expect(message.text).toBe("Let me look.");
      expect(message.response_metadata.finish_reason).toBe("tool_calls");
      const record = recordOf(message);
      expect(record.steps.map((step) => step.route)).toEqual([route]);
      expect(record.answeredBy).toBeNull();
      const other = route === "large" ? small : large;
      expect((route === "large" ? large : small).to("/v1/chat/completions")).toHaveLength(1);
      expect(other.to("/v1/chat/completions")).toHaveLength(0);
      expect(small.to("/v1/completions").map(({ body }) => body.max_tokens)).toEqual([1]);
    },
  );
});

/** A reply without a thought: a hard first token, some text, and a call. */
const TURN = (prompt: string) => {
  const steps = [{ text: `Let me look.${CALL}`, entropy: 2 }];
  return scriptedThought({ steps, answer: "", tags: null })(prompt);
};
