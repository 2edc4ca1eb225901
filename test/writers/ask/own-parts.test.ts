import { describe, expect, it } from "vitest";
import { askWriter } from "../../../src/writers/ask/ask.js";
import { collectWritten } from "../../servers/collect-written.js";
import { chatOpenAI, PROMPT } from "../vllm/vllm-setup.js";
import { ScriptedChatModel } from "./scripted-chat-model.js";

const STEP = { maxTokens: 50, topLogprobs: 0, stop: ["\n\n"] };

interface Event {
  readonly content?: string;
  readonly index?: number;
  readonly finish_reason?: string;
  readonly usage?: object;
}

/** What a prompted `ChatOpenAI` makes of these events of its server's. */
async function asked(events: readonly Event[]) {
  const body = events.map(({ content, index = 0, finish_reason = null, usage }) => {
    const choice = { index, delta: { role: "assistant", content }, finish_reason };
    return `data: ${JSON.stringify({ id: "1", choices: [choice], usage })}\n\n`;
  });
  const model = chatOpenAI(
    { baseURL: "http://127.0.0.1:9/v1" },
    {
      configuration: {
        fetch: async () =>
          new Response(`${body.join("")}data: [DONE]\n\n`, {
            headers: { "content-type": "text/event-stream" },
          }),
      },
    },
  );
  const writer = askWriter(model, "large");
  return collectWritten(writer.write(await writer.open(PROMPT), "We add.\n\n", STEP));
}

describe("a reply that was asked for", () => {
  it("F11: has no text of another choice", async () => {
    const { text, end } = await asked([
      { content: "One" },
      { content: " WRONG", index: 1 },
      { content: " two.", finish_reason: "stop" },
    ]);
    expect([text, end]).toEqual(["One two.", "stop"]);
  });

  it("F11: does not end where another choice does", async () => {
    const { text, end } = await asked([
      { content: "One" },
      { content: " WRONG", index: 1, finish_reason: "length" },
      { content: " two.", finish_reason: "stop" },
    ]);
    expect([text, end]).toEqual(["One two.", "stop"]);
  });

  it("F12: has no text behind its end, whose usage counts", async () => {
    const { text, end, usage } = await asked([
      { content: "42", finish_reason: "stop" },
      { content: " WRONG", usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } },
    ]);
    expect([text, end]).toEqual(["42", "stop"]);
    expect(usage).toMatchObject({ input_tokens: 9, output_tokens: 1 });
  });

  it("F12: goes on behind a word for an end where a provider says it in every chunk", async () => {
    const response_metadata = { finishReason: "STOP" };
    const chunks = ["One", " two."].map((content) => ({ content, response_metadata }));
    const writer = askWriter(new ScriptedChatModel([chunks]), "large");
    const { text } = await collectWritten(writer.write(await writer.open(PROMPT), "", STEP));
    expect(text).toBe("One two.");
  });
});
