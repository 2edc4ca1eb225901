import { describe, expect, it } from "vitest";
import type { Answered } from "../../../src/router/step-writer.js";
import { readChatAnswer } from "../../../src/writers/chat-answer/read-chat-answer.js";
import type { ToolCallPart } from "../../../src/writers/chat-answer/tool-call-part.js";
import { openAIAccess } from "../../../src/writers/connection/openai-client.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI } from "../vllm/vllm-setup.js";

const KEY = "sk-very-secret-key";
const access = openAIAccess(
  chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" }, { apiKey: KEY }),
  "large",
);

function delta(delta: object, more: object = {}): object {
  return { choices: [{ index: 0, delta, ...more }] };
}

function callOf(name: string): object {
  return { tool_calls: [{ index: 0, id: name, function: { name, arguments: "{}" } }] };
}

async function read(...events: readonly object[]) {
  const stream = (async function* () {
    yield* events;
  })();
  const items: Answered<ToolCallPart>[] = [];
  for await (const item of readChatAnswer(stream, { access, keepReasoning: false })) {
    items.push(item);
  }
  return {
    text: items.map((item) => (item.type === "text" ? item.text : "")).join(""),
    calls: items.flatMap((item) => (item.type === "part" ? [item.part.name] : [])),
    end: items.find((item) => item.type === "end") ?? null,
  };
}

describe("an answer in chat", () => {
  it.each([
    ["in one piece", ["\n\n    c = b * 2"]],
    ["in pieces", ["\n", " \n ", "   c", " = b * 2"]],
  ])("T1: keeps the indentation of its first line, %s", async (_name, pieces) => {
    const { text } = await read(...pieces.map((content) => delta({ content })));
    expect(text).toBe("    c = b * 2");
  });

  it("F11: is that of the first choice", async () => {
    const { text, calls, end } = await read(
      delta({ content: "One" }),
      delta({ content: " WRONG", ...callOf("wrong") }, { index: 1 }),
      delta({}, { index: 1, finish_reason: "length" }),
      delta({ content: " two." }, { finish_reason: "stop" }),
    );
    expect({ text, calls, end }).toEqual({
      text: "One two.",
      calls: [],
      end: { type: "end", reason: "eos" },
    });
  });

  it("F12: is over at its end; usage behind it is counted", async () => {
    const { text, calls, end } = await read(
      delta({ content: "42" }, { finish_reason: "stop" }),
      delta({ content: " WRONG", ...callOf("wrong") }),
      { choices: [], usage: { prompt_tokens: 9, completion_tokens: 1 } },
    );
    expect({ text, calls }).toEqual({ text: "42", calls: [] });
    expect(end).toEqual({
      type: "end",
      reason: "eos",
      usage: { input_tokens: 9, output_tokens: 1 },
    });
  });

  it.each(["eos", "eos_token", "end_turn", "stop"])("S1: %s is an end", async (finish_reason) => {
    const { end } = await read(delta({ content: "42" }, { finish_reason }));
    expect(end).toEqual({ type: "end", reason: "eos" });
  });

  it("S1: stop_sequence is a stop string", async () => {
    const { end } = await read(delta({ content: "42" }, { finish_reason: "stop_sequence" }));
    expect(end).toEqual({ type: "end", reason: "stop" });
  });

  it.each(["tool_calls", "function_call", "tool_use", "stop", "eos_token"])(
    "S1: %s behind a call ends in the call",
    async (finish_reason) => {
      const { calls, end } = await read(delta(callOf("add")), delta({}, { finish_reason }));
      expect({ calls, end }).toEqual({
        calls: ["add"],
        end: { type: "end", reason: "tool_calls" },
      });
    },
  );

  it.each([
    ["abort", "abort"],
    ["whatever", "whatever"],
    [`Bearer ${KEY}`, "Bearer [API key]"],
  ])("S1, F21: %s is no end, and is quoted safely", async (finish_reason, quoted) => {
    const error = await errorOf(read(delta({ content: "4" }, { finish_reason })));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toContain(`ended the answer with finish_reason "${quoted}"`);
  });
});
