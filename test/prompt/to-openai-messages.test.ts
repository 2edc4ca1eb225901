import {
  AIMessage,
  ChatMessage,
  FunctionMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { toOpenAIMessages } from "../../src/prompt/to-openai-messages.js";

const IMAGE = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };

describe("toOpenAIMessages", () => {
  it("names the roles as OpenAI does", () => {
    const messages = [
      new SystemMessage("Be brief."),
      new HumanMessage("2+2?"),
      new AIMessage("4"),
      new FunctionMessage({ name: "add", content: "4" }),
      new ChatMessage("Hush.", "critic"),
    ];
    expect(toOpenAIMessages(messages)).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "2+2?" },
      { role: "assistant", content: "4" },
      { role: "function", content: "4", name: "add" },
      { role: "critic", content: "Hush." },
    ]);
  });

  it("keeps names", () => {
    expect(toOpenAIMessages([new HumanMessage({ content: "Hi", name: "ann" })])).toEqual([
      { role: "user", content: "Hi", name: "ann" },
    ]);
  });

  it("writes the arguments of tool calls as JSON in a string, and ties results to them", () => {
    const messages = [
      new HumanMessage("2+2?"),
      new AIMessage({
        content: "",
        tool_calls: [{ id: "c1", name: "add", args: { a: 2, b: "2" } }],
      }),
      new ToolMessage({ content: "4", tool_call_id: "c1", name: "add" }),
    ];
    expect(toOpenAIMessages(messages).slice(1)).toEqual([
      {
        role: "assistant",
        content: "",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "add", arguments: '{"a":2,"b":"2"}' } },
        ],
      },
      { role: "tool", content: "4", tool_call_id: "c1", name: "add" },
    ]);
  });

  it("joins text parts to one string, without a line break of its own", () => {
    const content = [
      { type: "text" as const, text: "%6," },
      { type: "text" as const, text: " +90" },
    ];
    expect(toOpenAIMessages([new HumanMessage({ content })])).toEqual([
      { role: "user", content: "%6, +90" },
    ]);
  });

  it("keeps blanks at the end of a text", () => {
    expect(toOpenAIMessages([new AIMessage("<think>\nOne.\n\n")])[0]?.content).toBe(
      "<think>\nOne.\n\n",
    );
  });

  it("gives the reasoning of the current turn only", () => {
    const thought = (text: string) => ({
      content: "",
      tool_calls: [{ id: "c", name: "add", args: {} }],
      additional_kwargs: { reasoning_content: text },
    });
    const messages = [
      new HumanMessage("1"),
      new AIMessage(thought("old")),
      new HumanMessage("2"),
      new AIMessage(thought("new")),
      new ToolMessage({ content: "4", tool_call_id: "c" }),
    ];
    expect(toOpenAIMessages(messages).map((message) => message.reasoning_content)).toEqual([
      undefined,
      undefined,
      undefined,
      "new",
      undefined,
    ]);
  });

  it("reads reasoning blocks, and leaves them and tool calls out of the content", () => {
    const message = new AIMessage({
      content: [
        { type: "reasoning", reasoning: "Let me add." },
        { type: "text", text: "It is 4." },
        { type: "tool_call", id: "c", name: "add", args: {} },
      ],
      tool_calls: [{ id: "c", name: "add", args: {} }],
    });
    expect(toOpenAIMessages([new HumanMessage("2+2?"), message])[1]).toEqual({
      role: "assistant",
      content: "It is 4.",
      reasoning_content: "Let me add.",
      tool_calls: [{ id: "c", type: "function", function: { name: "add", arguments: "{}" } }],
    });
  });

  it("keeps images as OpenAI's parts", () => {
    const openai = new HumanMessage({ content: [{ type: "text", text: "What?" }, IMAGE] });
    const langchain = new HumanMessage({
      content: [{ type: "image", mimeType: "image/png", data: "AAAA" }],
    });
    const byURL = new HumanMessage({ content: [{ type: "image", url: "http://127.0.0.1/a.png" }] });
    const anthropic = {
      type: "image",
      source: { type: "base64", media_type: "image/jpeg", data: "AAAA" },
    };
    const messages = toOpenAIMessages([
      openai,
      langchain,
      byURL,
      new HumanMessage({ content: [anthropic] as never }),
    ]);
    expect(messages.map(({ content }) => content)).toEqual([
      [{ type: "text", text: "What?" }, IMAGE],
      [IMAGE],
      [{ type: "image_url", image_url: { url: "http://127.0.0.1/a.png" } }],
      [{ type: "image_url", image_url: { url: "data:image/jpeg;base64,AAAA" } }],
    ]);
  });
});
