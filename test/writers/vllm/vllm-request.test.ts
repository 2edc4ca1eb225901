import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import type { WriteOptions } from "../../../src/router/step-writer.js";
import { vllmWriter } from "../../../src/writers/vllm/vllm.js";
import { collectWritten } from "../../servers/collect-written.js";
import type { FakeVllm } from "../../servers/fake-vllm/start-fake-vllm.js";
import { chatOpenAI, fakeVllm, PROMPT, SCRIPT } from "./vllm-setup.js";

const STEP: WriteOptions = { maxTokens: 30, topLogprobs: 0 };
const CLOSED = "One.\n</think>\n\n";

/** The body of the one text completion that a model's writer sends. */
async function bodyOf(
  model: unknown,
  server: FakeVllm,
  how: WriteOptions = STEP,
  thought = "",
): Promise<Record<string, unknown>> {
  const writer = vllmWriter(model, "small");
  await collectWritten(writer.write(await writer.open(PROMPT), thought, how));
  return { ...server.to("/v1/completions").at(-1)?.body };
}

const USUAL = {
  model: "small",
  prompt: expect.stringContaining("2+2?"),
  max_tokens: 30,
  add_special_tokens: false,
  skip_special_tokens: false,
  stream: true,
  stream_options: { include_usage: true, continuous_usage_stats: true },
};

describe("the fields of the user's model", () => {
  it("pass through where they say how tokens are drawn", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, {
      temperature: 0.6,
      topP: 0.95,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      logitBias: { 7: -1 },
      modelKwargs: { top_k: 20, min_p: 0.01, seed: 7, repetition_penalty: 1.05, priority: 1 },
    });
    expect(await bodyOf(model, server)).toEqual({
      ...USUAL,
      temperature: 0.6,
      top_p: 0.95,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      logit_bias: { 7: -1 },
      top_k: 20,
      min_p: 0.01,
      seed: 7,
      repetition_penalty: 1.05,
      priority: 1,
    });
  });

  it("stay out where they mean something in chat requests only, or are the router's to decide", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, {
      maxTokens: 9999,
      logprobs: true,
      topLogprobs: 3,
      streaming: true,
      stopSequences: ["Wait"],
      modelKwargs: {
        continue_final_message: true,
        add_generation_prompt: false,
        max_tokens: 8888,
        stop: ["is"],
        echo: true,
        response_format: { type: "json_object" },
        structured_outputs: { regex: "a" },
        stream_options: {},
        chat_template_kwargs: { enable_thinking: true },
      },
    });
    expect(await bodyOf(model, server)).toEqual(USUAL);
  });

  it("give their stop strings and grammars to the answer, where the call brings none", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, {
      stopSequences: ["is 4"],
      modelKwargs: { structured_outputs: { regex: ".*" } },
    });
    const answer = await bodyOf(model, server, STEP, CLOSED);
    expect(answer).toMatchObject({ stop: ["is 4"], structured_outputs: { regex: ".*" } });
    // What ends an answer is no part of it, and special tokens stay hidden, as in a chat reply.
    expect(answer).not.toHaveProperty("include_stop_str_in_output");
    expect(answer).not.toHaveProperty("skip_special_tokens");
    const called = await bodyOf(model, server, { ...STEP, stop: ["4."] }, CLOSED);
    expect(called).toMatchObject({ stop: ["4."] });
  });

  it("yield to a greedy probe", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, { temperature: 0.6, topP: 0.95 });
    const how = { maxTokens: 1, topLogprobs: 20, temperature: 0 } as const;
    expect(await bodyOf(model, server, how)).toEqual({
      ...USUAL,
      max_tokens: 1,
      logprobs: 20,
      temperature: 0,
      top_p: 0.95,
    });
  });

  it("may be those of a withConfig clone, of a subclass, of the inner model, or changed since", async () => {
    class MyModel extends ChatOpenAI {}
    const server = await fakeVllm();
    const fields: ChatOpenAIFields = {
      model: "small",
      apiKey: "k",
      temperature: 0.5,
      configuration: { baseURL: server.baseURL },
    };
    const clone = new ChatOpenAI(fields).withConfig({ seed: 3, stop: ["x"] });
    expect(await bodyOf(clone, server)).toEqual({ ...USUAL, temperature: 0.5, seed: 3 });
    expect(await bodyOf(new MyModel(fields), server)).toEqual({ ...USUAL, temperature: 0.5 });
    const inner = (new ChatOpenAI(fields) as unknown as { completions: { temperature: number } })
      .completions;
    expect(await bodyOf(inner, server)).toEqual({ ...USUAL, temperature: 0.5 });
    inner.temperature = 0.7;
    expect(await bodyOf(inner, server)).toEqual({ ...USUAL, temperature: 0.7 });
  });

  it("are not touched", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server, { temperature: 0.6, modelKwargs: { top_k: 20 } });
    const state = () => JSON.stringify([model.invocationParams(), model.toJSON()]);
    const before = state();
    await bodyOf(model, server, { ...STEP, stop: ["\n\n"], topLogprobs: 20 });
    expect(state()).toBe(before);
  });

  it.each([2, 0])("are refused with n = %s", async (n) => {
    const server = await fakeVllm();
    await expect(vllmWriter(chatOpenAI(server, { n }), "large").open(PROMPT)).rejects.toMatchObject(
      {
        reason: "invalid_option",
        role: "large",
        message: `Expected \`n\` of the large model to be 1, got ${n}: a thought has one continuation.`,
      },
    );
    expect(server.requests).toEqual([]);
  });
});

describe("rendering", () => {
  it("gets the messages, the tools, and what the user set for the template", async () => {
    const server = await fakeVllm();
    const tools = [{ type: "function", function: { name: "add", parameters: {} } }];
    const model = chatOpenAI(server, {
      modelKwargs: { chat_template_kwargs: { enable_thinking: true, effort: "high" } },
    });
    const opening = await vllmWriter(model, "small").open({ ...PROMPT, tools });
    expect(server.to("/tokenize")[0]?.body).toEqual({
      model: "small",
      messages: [{ role: "user", content: "2+2?" }],
      tools,
      chat_template_kwargs: { enable_thinking: true, effort: "high" },
      add_generation_prompt: true,
    });
    expect((opening.data as { text: string }).text).toContain('"name":"add"');
  });

  it("uses the tools that are bound to the model where the call brings none", async () => {
    const server = await fakeVllm();
    const tool = { type: "function", function: { name: "add", parameters: {} } };
    const bound = chatOpenAI(server).bindTools([tool]);
    await vllmWriter(bound, "small").open(PROMPT);
    expect(server.to("/tokenize")[0]?.body.tools).toEqual([tool]);
  });

  it("carries the user's headers, key and fetch to the root and to /v1 alike", async () => {
    const server = await fakeVllm({ apiKey: "right" });
    const asked: string[] = [];
    const model = chatOpenAI(server, {
      apiKey: "right",
      configuration: {
        defaultHeaders: { "x-team": "maths" },
        fetch: (url, init) => {
          asked.push(String(url));
          return fetch(url, init);
        },
      },
    });
    await bodyOf(model, server);
    expect(asked).toEqual([
      `${server.url}/tokenize`,
      `${server.url}/detokenize`,
      `${server.url}/v1/completions`,
    ]);
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({ "x-team": "maths", authorization: "Bearer right" });
    }
  });

  it("finds the root below a path, and without /v1", async () => {
    const server = await fakeVllm();
    const seen: string[] = [];
    const rewrite = (baseURL: string) =>
      chatOpenAI(
        { baseURL },
        {
          configuration: {
            fetch: (url, init) => {
              seen.push(String(url));
              return fetch(String(url).replace("/gateway", ""), init);
            },
          },
        },
      );
    await vllmWriter(rewrite(`${server.url}/gateway/v1/`), "small").open(PROMPT);
    await vllmWriter(rewrite(`${server.url}/gateway`), "small").open(PROMPT);
    expect(seen).toEqual(
      ["tokenize", "detokenize", "tokenize", "detokenize"].map(
        (path) => `${server.url}/gateway/${path}`,
      ),
    );
  });

  it("refuses content that is not text, before any request (rule 16)", async () => {
    const server = await fakeVllm();
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
    const messages = [new HumanMessage({ content: [image] })];
    await expect(
      vllmWriter(chatOpenAI(server), "small").open({ ...PROMPT, messages }),
    ).rejects.toMatchObject({
      reason: "invalid_input",
      message: expect.stringContaining('`continuation: "vllm-chat"`'),
    });
    expect(server.requests).toEqual([]);
  });

  it("refuses a template that closes the thought, and names its switch", async () => {
    const server = await fakeVllm({ template: "qwen3" });
    const model = chatOpenAI(server, {
      modelKwargs: { chat_template_kwargs: { enable_thinking: false } },
    });
    await expect(vllmWriter(model, "small").open(PROMPT)).rejects.toMatchObject({
      reason: "not_continued",
      message: expect.stringContaining("enable_thinking: true"),
    });
  });
});

describe("the closing tag", () => {
  it("shows in the thought where it is a special token (rule 19)", async () => {
    const server = await fakeVllm({ script: { ...SCRIPT, specialTags: true } });
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    const { text } = await collectWritten(writer.write(opening, "", { ...STEP, maxTokens: 99 }));
    expect(text).toContain("Yes, it is four.\n</think>\n\nThe answer is 4.");
  });
});

describe("one BOS (rule 19)", () => {
  it.each(["plain", "qwen3", "r1", "trimming"] as const)(
    "%s: the server adds none, and the thought is opened once",
    async (template) => {
      const server = await fakeVllm({ template, refuseViolations: true });
      const writer = vllmWriter(chatOpenAI(server), "small");
      const opening = await writer.open({
        ...PROMPT,
        messages: [new HumanMessage("1+1?"), new AIMessage("2"), new HumanMessage("2+2?")],
      });
      const first = SCRIPT.steps[0]?.text;
      const { text } = await collectWritten(
        writer.write(opening, `${first}\n\n`, { ...STEP, stop: ["\n\n"] }),
      );
      expect(text).toBe(SCRIPT.steps[1]?.text);
      expect(server.violations).toEqual([]);
    },
  );
});
