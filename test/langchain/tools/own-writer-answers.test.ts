import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import {
  GlimpRouterChatModel,
  type GlimpRouterFields,
  type StepWriter,
} from "../../../src/index.js";
import type { Answered, Written } from "../../../src/router/step-writer.js";
import { recordOf } from "../record-of.js";

const tools = [{ type: "function", function: { name: "add", parameters: {} } }];
const TOP = [
  { token: "Sum", logprob: Math.log(0.5) },
  { token: "Add", logprob: Math.log(0.5) },
];

/** A writer of one's own: each write takes the next of `texts`, one token each; `answered` is its answer. */
function writerOf(texts: string[], answered: readonly Answered<unknown>[]) {
  const asked: { thought: string; maxTokens: number; stop: readonly string[] }[] = [];
  const writer: StepWriter = {
    kind: "mine",
    open: async () => ({
      kind: "mine",
      data: null,
      opensThought: false,
      promptTokens: 5,
      contextSize: null,
    }),
    async *write(): AsyncGenerator<Written, void, void> {
      const token = texts.shift() ?? "";
      yield { type: "text", text: token, tokens: [{ token, logprob: 0, top: TOP }] };
      yield { type: "end", reason: "length" };
    },
    async *answer(_from, _prompt, thought, { maxTokens, stop = [] }) {
      asked.push({ thought, maxTokens, stop });
      yield* answered;
    },
  };
  return { writer, asked };
}

function routerOf(continuation: StepWriter, fields: Partial<GlimpRouterFields> = {}) {
  const model = new FakeListChatModel({ responses: ["never asked"] });
  return new GlimpRouterChatModel({
    small: model,
    large: model,
    continuation,
    threshold: 2,
    ...fields,
  });
}

const CALLED: readonly Answered<unknown>[] = [
  { type: "text", text: "Adding.", tokens: [] },
  { type: "part", part: { type: "tool-call", index: 0, id: "c1", name: "add", args: "{}" } },
  { type: "end", reason: "tool_calls", usage: { input_tokens: 5, output_tokens: 9 } },
];

describe("a writer of one's own that answers in chat", () => {
  it("writes the whole turn behind one glimpse, with thinking: false", async () => {
    const { writer, asked } = writerOf(["Sum"], CALLED);
    const message = await routerOf(writer, { thinking: false, maxAnswerTokens: 77 })
      .bindTools(tools, { stop: ["END"] })
      .invoke("2+2?");
    expect(message.text).toBe("Adding.");
    expect(message.tool_calls).toMatchObject([{ id: "c1", name: "add" }]);
    const record = recordOf(message);
    expect(record.steps).toMatchObject([{ route: "small", token: "Sum", tokens: 9, end: "eos" }]);
    expect(record).toMatchObject({ answer: null, answeredBy: null, requests: { small: 2 } });
    expect(asked).toEqual([{ thought: "", maxTokens: 77, stop: ["END"] }]);
  });

  it("probes once more where the first token was blank, and keeps no blank", async () => {
    const { writer } = writerOf(["\n\n", "Sum"], CALLED);
    const message = await routerOf(writer, { thinking: false }).bindTools(tools).invoke("2+2?");
    expect(message.text).toBe("Adding.");
    expect(recordOf(message).requests.small).toBe(3);
  });

  it("T1: keeps the indentation of the turn's first line, with thinking: false", async () => {
    const pieces = ["  ", "  c = b", " * 2"].map(
      (text) => ({ type: "text", text, tokens: [] }) as const,
    );
    const { writer } = writerOf(["\n\n", "Sum"], [...pieces, { type: "end", reason: "eos" }]);
    const message = await routerOf(writer, { thinking: false }).bindTools(tools).invoke("2+2?");
    expect(message.text).toBe("    c = b * 2");
  });

  it("may consist of calls alone", async () => {
    const { writer } = writerOf(["Sum"], CALLED.slice(1));
    const message = await routerOf(writer, { thinking: false }).bindTools(tools).invoke("2+2?");
    expect(message.text).toBe("");
    expect(message.response_metadata.finish_reason).toBe("tool_calls");
    expect(recordOf(message).steps).toHaveLength(1);
  });

  it("is told the thought without its closing tag", async () => {
    const { writer, asked } = writerOf(["Sum it up.\n</think>"], CALLED);
    const message = await routerOf(writer, { answerBy: "small" }).bindTools(tools).invoke("2+2?");
    expect(asked.map(({ thought }) => thought)).toEqual(["Sum it up.\n"]);
    expect(message.additional_kwargs.reasoning_content).toBe("Sum it up.");
    expect(recordOf(message).answer).toMatchObject({ tokens: 9, end: "tool_calls" });
  });

  it("is an error where it is cut", async () => {
    const { writer } = writerOf(["Sum"], CALLED.slice(0, 2));
    const reply = routerOf(writer, { thinking: false }).bindTools(tools).invoke("2+2?");
    await expect(reply).rejects.toMatchObject({ reason: "stream_cut", role: "small" });
  });
});
