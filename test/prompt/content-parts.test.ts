import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { toContent, whatItShows } from "../../src/prompt/content-parts.js";
import { requireText } from "../../src/prompt/require-text.js";
import { toOpenAIMessages } from "../../src/prompt/to-openai-messages.js";

const HELLO = { type: "text", text: "Hello." };

/** Each kind of block beside text that LangChain, or a provider through it, leaves in a model's message. */
const LEFT_BY_A_MODEL = [
  { type: "reasoning", reasoning: "Hm." },
  { type: "thinking", thinking: "Hm.", signature: "c2ln" },
  { type: "redacted_thinking", data: "AA==" },
  { type: "reasoning_content", reasoningText: { text: "Hm." } },
  { type: "tool_call", id: "c", name: "add", args: {} },
  { type: "tool_call_chunk", id: "c", name: "add", args: "{", index: 2 },
  { type: "invalid_tool_call", id: "c", name: "add", args: "{", error: "Malformed args." },
  { type: "tool_use", id: "c", name: "add", input: {} },
  { type: "input_json_delta", index: 1, input: "{" },
  { type: "function_call", call_id: "c", name: "add", arguments: "{}" },
  { type: "server_tool_call", id: "s", name: "web_search", args: { query: "add" } },
  { type: "server_tool_call_chunk", id: "s", name: "web_search", args: "{" },
  { type: "server_tool_call_result", toolCallId: "s", status: "success", output: {} },
  { type: "server_tool_use", id: "s", name: "web_search", input: {} },
  { type: "web_search_tool_result", tool_use_id: "s", content: [] },
  { type: "non_standard", value: { type: "container_upload", file_id: "f" } },
  { type: "non_standard", value: {} },
  { type: "citation", url: "http://127.0.0.1/", citedText: "Hello" },
];

const contentOf = (message: BaseMessage) => toContent(message);

describe("L2: blocks in a history", () => {
  it.each(LEFT_BY_A_MODEL.map((block) => [JSON.stringify(block), block] as const))(
    "a model's own text is kept, and left out is %s",
    (_json, block) => {
      expect(contentOf(new AIMessage({ content: [HELLO, block] as never }))).toBe("Hello.");
    },
  );

  it.each([
    [{ type: "refusal", refusal: "I cannot." }, "I cannot."],
    [{ type: "output_text", text: "It is 4." }, "It is 4."],
    [{ type: "text-plain", mimeType: "text/plain", text: "A file's text." }, "A file's text."],
    [{ type: "non_standard", value: { type: "input_text", text: "2+2?" } }, "2+2?"],
  ])("what is text in another form stays text: %j", (block, text) => {
    expect(contentOf(new AIMessage({ content: [block] as never }))).toBe(text);
    expect(contentOf(new HumanMessage({ content: [block] as never }))).toBe(text);
  });

  it("nothing that a caller gave is left out in silence", () => {
    const block = { type: "search_result", source: "http://127.0.0.1/" };
    for (const wrapped of [block, { type: "non_standard", value: block }]) {
      const content = [HELLO, wrapped] as never;
      expect(contentOf(new HumanMessage({ content }))).toEqual([HELLO, block]);
      expect(contentOf(new SystemMessage({ content }))).toEqual([HELLO, block]);
      expect(contentOf(new ToolMessage({ content, tool_call_id: "c" }))).toEqual([HELLO, block]);
    }
  });

  it("images, sounds and videos become OpenAI's parts, with text in any form beside them", () => {
    const content = [
      { type: "input_text", text: "What?" },
      { type: "audio", mimeType: "audio/mp3", data: "AAAA" },
      { type: "audio", url: "http://127.0.0.1/a.mp3" },
      { type: "video", mimeType: "video/webm", data: "AAAA" },
    ];
    expect(contentOf(new HumanMessage({ content } as never))).toEqual([
      { type: "text", text: "What?" },
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
      { type: "audio_url", audio_url: { url: "http://127.0.0.1/a.mp3" } },
      { type: "video_url", video_url: { url: "data:video/webm;base64,AAAA" } },
    ]);
  });

  it("thinking of Anthropic's is reasoning of the current turn", () => {
    const content = [{ type: "thinking", thinking: "Let me add." }, HELLO];
    const messages = [new HumanMessage("2+2?"), new AIMessage({ content } as never)];
    expect(toOpenAIMessages(messages)[1]).toEqual({
      role: "assistant",
      content: "Hello.",
      reasoning_content: "Let me add.",
    });
  });
});

describe("L2: what cannot be told in text", () => {
  const reader = { who: "Text alone is read", seesIn: "vllm-chat", role: "small" as const };
  const refused = (block: object) => {
    const messages = toOpenAIMessages([
      new SystemMessage("Be brief."),
      new HumanMessage({ content: [HELLO, block] as never }),
    ]);
    return () => requireText(messages, reader);
  };

  it.each([
    [
      { type: "image", data: "AAAA", mimeType: "image/png" },
      "an image",
      /"vllm-chat".* for images/,
    ],
    [{ type: "audio", url: "http://127.0.0.1/a.wav" }, "audio", /"vllm-chat".* for audio/],
    [{ type: "video", url: "http://127.0.0.1/a.mp4" }, "a video", /"vllm-chat".* for videos/],
    [{ type: "file", data: "AAAA", mimeType: "application/pdf" }, "a file", /file's text instead/],
    [{ type: "text-plain", url: "http://127.0.0.1/a.txt" }, "a file", /file's text instead/],
    [{ type: "search_result" }, 'a block of type "search_result"', /Leave it out/],
    [{ cachePoint: { type: "default" } }, "a block of type null", /Leave it out/],
  ])("%j is refused by its own name", (block, name, remedy) => {
    expect(refused(block)).toThrow(`Message 2 of 2 (user) has ${name} in it. Text alone is read.`);
    expect(refused(block)).toThrow(remedy);
    if (!/image/.test(name)) expect(refused(block)).not.toThrow(/image/);
  });

  it("is an invalid input, and names the model", () => {
    expect(refused({ type: "file" })).toThrow(
      expect.objectContaining({ reason: "invalid_input", role: "small" }),
    );
  });

  it("is not text that stands beside an image in a chat", () => {
    expect(whatItShows({ type: "text", text: "What?" })).toBeNull();
    expect(whatItShows({ type: "image_url" })).toBe("an image");
  });
});
