import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { alignTokens, type TextlessTokens } from "../../../src/core/align-tokens.js";
import type { Written } from "../../../src/router/step-writer.js";
import { vllmChatWriter } from "../../../src/writers/vllm/vllm-chat.js";
import { collectWritten } from "../../servers/collect-written.js";
import { chatOpenAI, fakeVllm, PROMPT, SCRIPT } from "./vllm-setup.js";

const [FIRST, SECOND, THIRD] = SCRIPT.steps.map(({ text }) => text);
const ALL = `${FIRST}\n\n${SECOND}\n\n${THIRD}\n</think>\n\n${SCRIPT.answer}`;
const HOW = { maxTokens: 100, topLogprobs: 20 };

describe("vllm-chat", () => {
  it("sends an assistant message from the first request on, one string, to be continued", async () => {
    const server = await fakeVllm({ refuseViolations: true });
    const model = chatOpenAI(server, {
      temperature: 0.6,
      modelKwargs: { top_k: 20, chat_template_kwargs: { a: 1 } },
    });
    const writer = vllmChatWriter(model, "small");
    const opening = await writer.open(PROMPT);
    expect(opening).toMatchObject({
      kind: "vllm-chat",
      opensThought: false,
      promptTokens: 14,
      tagTokens: 4,
      contextSize: 4096,
    });
    expect(opening).toEqual(JSON.parse(JSON.stringify(opening)));
    await collectWritten(writer.write(opening, "", HOW));
    await collectWritten(
      writer.write(opening, `${FIRST}\n\n`, { maxTokens: 9, topLogprobs: 0, stop: ["\n\n"] }),
    );
    const common = {
      model: "small",
      temperature: 0.6,
      top_k: 20,
      chat_template_kwargs: { a: 1 },
      continue_final_message: true,
      add_generation_prompt: false,
      skip_special_tokens: false,
      stream: true,
      stream_options: { include_usage: true, continuous_usage_stats: true },
    };
    expect(server.to("/v1/chat/completions").map(({ body }) => body)).toEqual([
      {
        ...common,
        messages: [
          { role: "user", content: "2+2?" },
          { role: "assistant", content: "<think>\n" },
        ],
        max_tokens: 100,
        logprobs: true,
        top_logprobs: 20,
      },
      {
        ...common,
        messages: [
          { role: "user", content: "2+2?" },
          { role: "assistant", content: `<think>\n${FIRST}\n\n` },
        ],
        logprobs: true,
        max_tokens: 9,
        stop: ["\n\n"],
      },
    ]);
    const [first, second] = server.to("/v1/chat/completions").map(({ prompt }) => prompt ?? "");
    expect(second).toBe(`${first}${FIRST}\n\n`);
    expect(server.violations).toEqual([]);
  });

  it("streams text, tokens and the end", async () => {
    const server = await fakeVllm({ tokensPerChunk: [2, 1, 3] });
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const all = await collectWritten(writer.write(await writer.open(PROMPT), "", HOW));
    expect(all).toMatchObject({ text: ALL, end: "eos" });
    expect(all.tokens.join("")).toBe(`${ALL}</s>`);
    expect(all.usage).toEqual({ input_tokens: 12, output_tokens: all.tokens.length });
  });

  it("checks the template once per server and template, in two renderings", async () => {
    const server = await fakeVllm();
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    await writer.open(PROMPT);
    const checked = ["/tokenize", "/detokenize", "/tokenize", "/detokenize"];
    expect(server.requests.map(({ path }) => path)).toEqual(checked);
    expect(server.to("/tokenize")[1]?.body).toEqual({
      model: "small",
      messages: [
        { role: "user", content: "2+2?" },
        { role: "assistant", content: "<think>\nA step.\n\n" },
      ],
      add_generation_prompt: false,
      continue_final_message: true,
    });
    await vllmChatWriter(chatOpenAI(server), "small").open(PROMPT);
    expect(server.requests.map(({ path }) => path)).toEqual([
      ...checked,
      "/tokenize",
      "/detokenize",
    ]);
  });

  it("checks it over /v1 alone, too", async () => {
    const good = await fakeVllm({ onlyV1: true });
    const opening = await vllmChatWriter(chatOpenAI(good), "small").open(PROMPT);
    expect(opening).toMatchObject({ promptTokens: 14, contextSize: 4096 });
    const bad = await fakeVllm({ onlyV1: true, template: "qwen3" });
    await expect(vllmChatWriter(chatOpenAI(bad), "small").open(PROMPT)).rejects.toMatchObject({
      reason: "not_continued",
    });
  });

  it("accepts a template that opens the thought itself", async () => {
    const server = await fakeVllm({ template: "r1", refuseViolations: true });
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    expect(opening.opensThought).toBe(true);
    const { text } = await collectWritten(writer.write(opening, "", HOW));
    expect(text).toBe(ALL);
  });

  it.each([
    [
      "qwen3",
      'it puts something between the assistant\'s header and the message: the prompt ends in "<|im_start|>user\\n2+2?<|im_end|>\\n<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n<think>\\nA step.\\n\\n"',
    ],
    ["trimming", 'of "<think>\\nA step.\\n\\n" the prompt keeps "'],
  ] as const)("refuses the template %s, and shows the prompt's end", async (template, message) => {
    const server = await fakeVllm({ template });
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    for (let round = 0; round < 2; round++) {
      await expect(writer.open(PROMPT)).rejects.toMatchObject({
        reason: "not_continued",
        role: "small",
        message: expect.stringContaining(message),
      });
    }
    // Not remembered: the server may be started anew with another template.
    expect(server.to("/tokenize")).toHaveLength(4);
  });

  it("refuses a template that deletes the closed thought (R1) as large: it answers, so nothing is spent", async () => {
    const server = await fakeVllm({ template: "r1" });
    await expect(vllmChatWriter(chatOpenAI(server), "large").open(PROMPT)).rejects.toMatchObject({
      reason: "not_continued",
      role: "large",
      message: expect.stringContaining("the final message does not appear in the chat"),
    });
    expect(server.to("/v1/chat/completions")).toEqual([]);
  });

  it("says so in the server's words where small answers all the same", async () => {
    const server = await fakeVllm({ template: "r1" });
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    await expect(
      collectWritten(writer.write(opening, `${FIRST}\n</think>\n\n`, HOW)),
    ).rejects.toMatchObject({
      reason: "not_continued",
      message: expect.stringContaining("the final message does not appear in the chat"),
    });
  });

  it("keeps images in the prompt", async () => {
    const server = await fakeVllm();
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const content = [{ type: "text", text: "What is it?" }, image];
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const opening = await writer.open({ ...PROMPT, messages: [new HumanMessage({ content })] });
    await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 1 }));
    expect(server.to("/v1/chat/completions")[0]?.body.messages).toEqual([
      { role: "user", content },
      { role: "assistant", content: "<think>\n" },
    ]);
  });

  it("shows tools to the template, and asks for no call", async () => {
    const server = await fakeVllm();
    const tools = [{ type: "function", function: { name: "add", parameters: {} } }];
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const opening = await writer.open({ ...PROMPT, tools });
    const { text } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 2 }));
    expect(text).toBe("First we");
    expect(server.to("/v1/chat/completions")[0]?.body).toMatchObject({
      tools,
      tool_choice: "none",
    });
  });

  it("continues a reply without a thought of its own", async () => {
    const server = await fakeVllm({ script: { ...SCRIPT, tags: null } });
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const opening = await writer.open({
      messages: [new HumanMessage("1+1?"), new AIMessage("2"), new HumanMessage("2+2?")],
      thinking: false,
    });
    const { text } = await collectWritten(writer.write(opening, `${FIRST}\n\n`, HOW));
    expect(text).toBe(`${SECOND}\n\n${THIRD}`);
  });
});

/** Pieces of a stream's text with the token that the router ties each of them to. */
function pieces(items: readonly Written[]): [string, string | undefined][] {
  const found: [string, string | undefined][] = [];
  let textless: TextlessTokens | null = null;
  for (const item of items) {
    if (item.type !== "text") continue;
    const aligned = alignTokens(textless, item.text, item.tokens);
    textless = aligned.textless;
    found.push(
      ...aligned.pieces.map(({ text, first }): [string, string | undefined] => [
        text,
        first?.token,
      ]),
    );
  }
  return found;
}

describe("vllm-chat with a reasoning parser on the server", () => {
  it.each([
    ["with log-probabilities", 1, 20],
    ["without", 1, 0],
    ["in large chunks", 7, 20],
    ["in large chunks, without", 7, 0],
  ])("puts the swallowed closing tag back: %s", async (_name, tokensPerChunk, topLogprobs) => {
    const server = await fakeVllm({ reasoningParser: true, tokensPerChunk });
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    const all = await collectWritten(writer.write(opening, "", { ...HOW, topLogprobs }));
    expect(all).toMatchObject({ text: ALL, end: "eos" });
  });

  it.each([1, 2, 3, 4, 5, 6, 7])(
    "a closing tag that came with other tokens, cut short by the stop string's lag, is whole: %i tokens a chunk",
    async (tokensPerChunk) => {
      const server = await fakeVllm({ reasoningParser: true, tokensPerChunk });
      const writer = vllmChatWriter(chatOpenAI(server), "large");
      const opening = await writer.open(PROMPT);
      const how = { ...HOW, topLogprobs: 0, stop: ["\n\n"] };
      const { text } = await collectWritten(
        writer.write(opening, `${FIRST}\n\n${SECOND}\n\n`, how),
      );
      const thought = text.slice(0, text.indexOf("</think>"));
      // The character before a tag that comes alone is lost on the server.
      expect(thought.trimEnd()).toBe(THIRD);
      expect(text).toContain("</think>");
    },
  );

  it("ties the tag to its own token", async () => {
    const script = { ...SCRIPT, beforeClose: "\n\n", closeEntropy: 1.5 };
    const server = await fakeVllm({ reasoningParser: true, script });
    const writer = vllmChatWriter(chatOpenAI(server), "small");
    const all = await collectWritten(writer.write(await writer.open(PROMPT), "", HOW));
    expect(all.text).toBe(ALL.replace("\n</think>", "\n\n</think>"));
    expect(pieces(all.items)).toContainEqual(["</think>", "</think>"]);
  });

  it("reads the answer behind a closed thought as it is", async () => {
    const server = await fakeVllm({ reasoningParser: true });
    const writer = vllmChatWriter(chatOpenAI(server), "large");
    const opening = await writer.open(PROMPT);
    const { text } = await collectWritten(
      writer.write(opening, `${FIRST}\n</think>\n\n`, { ...HOW, topLogprobs: 0 }),
    );
    expect(text).toBe(SCRIPT.answer);
  });
});
