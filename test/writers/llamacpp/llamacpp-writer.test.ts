import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { entropy } from "../../../src/core/entropy.js";
import { tokenDistribution } from "../../../src/core/token-distribution.js";
import { llamacppWriter } from "../../../src/writers/llamacpp/llamacpp.js";
import { collectWritten } from "../../servers/collect-written.js";
import { PROMPT, SCRIPT, TAGS } from "../vllm/vllm-setup.js";
import { fakeLlamacpp, llamacppModel } from "./llamacpp-setup.js";

const PROMPT_TEXT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n";
const [FIRST, SECOND, THIRD] = SCRIPT.steps.map(({ text }) => text);

describe("opening a prompt", () => {
  it("has the prompt text from /apply-template, its tokens from /tokenize, the context from /props", async () => {
    const server = await fakeLlamacpp({ contextSize: 777 });
    const writer = llamacppWriter(llamacppModel(server), "small");
    const opening = await writer.open(PROMPT);
    expect(writer.kind).toBe("llamacpp");
    expect(opening).toEqual({
      kind: "llamacpp",
      // Without the template's BOS: the server adds one.
      data: { text: `${PROMPT_TEXT}<think>\n`, serverAddsBos: true, tags: TAGS },
      opensThought: false,
      // 10 tokens of the template's with the BOS, 4 for the opening tag.
      promptTokens: 14,
      tagTokens: 4,
      contextSize: 777,
    });
    expect(server.to("/apply-template").map(({ body }) => body)).toEqual([
      { model: "small.gguf", messages: [{ role: "user", content: "2+2?" }] },
    ]);
    expect(server.to("/tokenize").map(({ body }) => body)).toEqual([
      { model: "small.gguf", content: PROMPT_TEXT, add_special: true, parse_special: true },
    ]);
    expect(server.to("/props").map(({ path }) => path)).toEqual(["/props?model=small.gguf"]);
  });

  it("asks for the context size once per server and model, and again after a failure", async () => {
    const server = await fakeLlamacpp();
    const open = (model = "small.gguf") =>
      llamacppWriter(llamacppModel(server, { model }), "small").open(PROMPT);
    server.fail("server-error", { path: "/props" });
    await expect(open()).rejects.toMatchObject({ reason: "server", role: "small" });
    await open();
    await open();
    expect(server.to("/props")).toHaveLength(2);
    await open("other.gguf");
    expect(server.to("/props")).toHaveLength(3);
  });

  it("gives the template the tools and what the user set for it", async () => {
    const server = await fakeLlamacpp();
    const tools = [{ type: "function", function: { name: "add", parameters: {} } }];
    const model = llamacppModel(server, {
      modelKwargs: { chat_template_kwargs: { enable_thinking: true } },
    });
    const opening = await llamacppWriter(model, "small").open({ ...PROMPT, tools });
    expect(server.to("/apply-template")[0]?.body).toEqual({
      model: "small.gguf",
      messages: [{ role: "user", content: "2+2?" }],
      tools,
      chat_template_kwargs: { enable_thinking: true },
    });
    expect(opening.data).toMatchObject({ text: expect.stringContaining('"name":"add"') });
  });

  it("adds no opening tag where the template opens the thought", async () => {
    const server = await fakeLlamacpp({ template: "r1" });
    const opening = await llamacppWriter(llamacppModel(server), "large").open(PROMPT);
    expect(opening).toMatchObject({
      opensThought: true,
      data: { text: "<｜User｜>2+2?<｜Assistant｜><think>\n" },
    });
  });

  it("refuses a template that closes the thought, and names its switch", async () => {
    const server = await fakeLlamacpp({ template: "qwen3" });
    const model = llamacppModel(server, {
      modelKwargs: { chat_template_kwargs: { enable_thinking: false } },
    });
    await expect(llamacppWriter(model, "small").open(PROMPT)).rejects.toMatchObject({
      reason: "not_continued",
      message: expect.stringContaining("enable_thinking: true"),
    });
  });
});

describe("writing", () => {
  it("sends the request that the design asks for, streamed", async () => {
    const server = await fakeLlamacpp();
    const writer = llamacppWriter(llamacppModel(server), "small");
    const opening = await writer.open(PROMPT);
    await collectWritten(writer.write(opening, "", { maxTokens: 100, topLogprobs: 20 }));
    await collectWritten(
      writer.write(opening, "", { maxTokens: 30, topLogprobs: 0, stop: ["\n\n"] }),
    );
    expect(server.to("/v1/completions").map(({ body }) => body)).toEqual([
      {
        model: "small.gguf",
        prompt: `${PROMPT_TEXT}<think>\n`,
        max_tokens: 100,
        logprobs: 20,
        preserved_tokens: ["<think>", "</think>"],
        stream: true,
      },
      {
        model: "small.gguf",
        prompt: `${PROMPT_TEXT}<think>\n`,
        max_tokens: 30,
        stop: ["\n\n"],
        preserved_tokens: ["<think>", "</think>"],
        verbose: true,
        stream: true,
      },
    ]);
    expect(server.violations).toEqual([]);
  });

  describe("a limit behind the first half of the delimiter", () => {
    /** One line break a token. */
    const split = (text: string) => text.match(/\n|[^\n]+/g) ?? [];
    const how = { maxTokens: 2, topLogprobs: 0, stop: ["\n\n"] } as const;
    const halved = async () => {
      const server = await fakeLlamacpp({ script: { ...SCRIPT, split } });
      const writer = llamacppWriter(llamacppModel(server), "large");
      const opening = await writer.open(PROMPT);
      return { server, write: () => collectWritten(writer.write(opening, "", how)) };
    };

    it("loses nothing: the server names the token that it drops, and tells its text", async () => {
      const { server, write } = await halved();
      expect(await write()).toMatchObject({
        text: `${FIRST}\n`,
        end: "length",
        usage: { output_tokens: 2 },
      });
      expect(server.to("/detokenize").map(({ body }) => body)).toEqual([
        { model: "small.gguf", tokens: [expect.any(Number)] },
      ]);
    });

    it("is asked for nothing where nothing was dropped", async () => {
      const server = await fakeLlamacpp();
      const writer = llamacppWriter(llamacppModel(server), "large");
      await collectWritten(writer.write(await writer.open(PROMPT), "", { ...how, maxTokens: 1 }));
      expect(server.to("/detokenize")).toEqual([]);
    });

    it("does without it where the server cannot tell", async () => {
      const { server, write } = await halved();
      server.fail("server-error", { path: "/detokenize" });
      expect((await write()).text).toBe(FIRST);
    });
  });

  it("lets no field of the user's model undo what the router decides", async () => {
    const server = await fakeLlamacpp();
    const model = llamacppModel(server, {
      temperature: 0.6,
      modelKwargs: {
        top_k: 20,
        cache_prompt: true,
        n_predict: 9999,
        n_probs: 3,
        post_sampling_probs: true,
        grammar: 'root ::= "a"',
        json_schema: { type: "object" },
        reasoning_format: "none",
        response_fields: ["content"],
      },
    });
    const writer = llamacppWriter(model, "small");
    const opening = await writer.open(PROMPT);
    await collectWritten(writer.write(opening, "", { maxTokens: 5, topLogprobs: 20 }));
    expect(server.to("/v1/completions")[0]?.body).toEqual({
      model: "small.gguf",
      prompt: `${PROMPT_TEXT}<think>\n`,
      temperature: 0.6,
      top_k: 20,
      cache_prompt: true,
      max_tokens: 5,
      logprobs: 20,
      preserved_tokens: ["<think>", "</think>"],
      stream: true,
    });
    await collectWritten(
      writer.write(opening, "x\n</think>\n\n", { maxTokens: 5, topLogprobs: 0 }),
    );
    const answer = server.to("/v1/completions")[1]?.body;
    expect(answer).toMatchObject({ grammar: 'root ::= "a"', json_schema: { type: "object" } });
    expect(answer).not.toHaveProperty("preserved_tokens");
  });

  it("streams text, tokens with their candidates, and the end with its usage", async () => {
    const server = await fakeLlamacpp();
    const writer = llamacppWriter(llamacppModel(server), "small");
    const opening = await writer.open(PROMPT);
    const all = await collectWritten(
      writer.write(opening, "", { maxTokens: 100, topLogprobs: 20 }),
    );
    expect(all.text).toBe(`${FIRST}\n\n${SECOND}\n\n${THIRD}\n</think>\n\n${SCRIPT.answer}`);
    // EOS is listed, too, but has no text of its own.
    expect(all.tokens.at(-1)).toBe("");
    expect(all.tokens.join("")).toBe(all.text);
    expect(all.end).toBe("eos");
    expect(all.usage).toEqual({
      input_tokens: 12,
      cached_tokens: 0,
      output_tokens: all.tokens.length,
    });
    const tokens = all.items.flatMap((item) => (item.type === "text" ? item.tokens : []));
    const glimpses = ["First", "Wait,", "Yes,"].map((text) => {
      const token = tokens.find((each) => each.token === text);
      return entropy(tokenDistribution(token?.top ?? [], 20));
    });
    expect(glimpses[0]).toBeCloseTo(0.2, 6);
    expect(glimpses[1]).toBeCloseTo(2.1, 6);
    expect(glimpses[2]).toBeCloseTo(0.3, 6);
  });

  it("tells a stop string from EOS and from a limit", async () => {
    const server = await fakeLlamacpp();
    const writer = llamacppWriter(llamacppModel(server), "large");
    const opening = await writer.open(PROMPT);
    const write = (thought: string, maxTokens: number, stop?: string[]) =>
      collectWritten(
        writer.write(opening, thought, {
          maxTokens,
          topLogprobs: 0,
          ...(stop === undefined ? {} : { stop }),
        }),
      );
    expect(await write("", 100, ["\n\n"])).toMatchObject({ text: FIRST, end: "stop", tokens: [] });
    expect(await write("", 2)).toMatchObject({ text: "First we", end: "length" });
    expect(await write("x\n</think>\n\n", 50)).toMatchObject({ text: SCRIPT.answer, end: "eos" });
    const answer = await write("x\n</think>\n\n", 50, ["\n\n"]);
    expect(answer).toMatchObject({ text: SCRIPT.answer, end: "eos" });
    expect(await write("x\n</think>\n\n", 50, [" 4."])).toMatchObject({
      text: "The answer is",
      end: "stop",
    });
  });

  it("shows tags that are control tokens (rule 19)", async () => {
    const server = await fakeLlamacpp({ script: { ...SCRIPT, specialTags: true } });
    const writer = llamacppWriter(llamacppModel(server), "small");
    const opening = await writer.open(PROMPT);
    const { text } = await collectWritten(
      writer.write(opening, "", { maxTokens: 99, topLogprobs: 20 }),
    );
    expect(text).toContain(`${THIRD}\n</think>\n\n${SCRIPT.answer}`);
  });

  it("extends its prompts byte by byte, so that the server computes each token once", async () => {
    const server = await fakeLlamacpp({ refuseViolations: true });
    const writer = llamacppWriter(llamacppModel(server), "large");
    const opening = await writer.open(PROMPT);
    let thought = "";
    for (let step = 0; step < 3; step++) {
      const how = { maxTokens: 100, topLogprobs: 0, stop: ["\n\n"] };
      thought += `${(await collectWritten(writer.write(opening, thought, how))).text}\n\n`;
    }
    const prompts = server.to("/v1/completions").map(({ body }) => String(body.prompt));
    expect(prompts).toEqual([
      `${PROMPT_TEXT}<think>\n`,
      `${PROMPT_TEXT}<think>\n${FIRST}\n\n`,
      `${PROMPT_TEXT}<think>\n${FIRST}\n\n${SECOND}\n\n`,
    ]);
  });
});

describe("one BOS (rule 19)", () => {
  it.each(["plain", "qwen3", "r1", "trimming"] as const)(
    "%s: the prompt has none, and the thought is opened once",
    async (template) => {
      const server = await fakeLlamacpp({ template, refuseViolations: true });
      const writer = llamacppWriter(llamacppModel(server), "small");
      const opening = await writer.open({
        ...PROMPT,
        messages: [new HumanMessage("1+1?"), new AIMessage("2"), new HumanMessage("2+2?")],
      });
      const how = { maxTokens: 30, topLogprobs: 0, stop: ["\n\n"] };
      const { text } = await collectWritten(writer.write(opening, `${FIRST}\n\n`, how));
      expect(text).toBe(SECOND);
      expect(server.violations).toEqual([]);
    },
  );
});
