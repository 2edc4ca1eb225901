import { describe, expect, it } from "vitest";
import { entropy } from "../../../src/core/entropy.js";
import { tokenDistribution } from "../../../src/core/token-distribution.js";
import { vllmWriter } from "../../../src/writers/vllm/vllm.js";
import { vllmChatWriter } from "../../../src/writers/vllm/vllm-chat.js";
import { collectWritten } from "../../servers/collect-written.js";
import { chatOpenAI, fakeVllm, PROMPT, SCRIPT, TAGS } from "./vllm-setup.js";

const PROMPT_TEXT = "<s><|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n";
const [FIRST, SECOND, THIRD] = SCRIPT.steps.map(({ text }) => text);

describe("opening a prompt", () => {
  it("has the prompt text from /tokenize and /detokenize, once each", async () => {
    const server = await fakeVllm({ maxModelLen: 777 });
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    expect(writer.kind).toBe("vllm");
    expect(opening).toEqual({
      kind: "vllm",
      data: { text: `${PROMPT_TEXT}<think>\n`, serverAddsBos: false, tags: TAGS },
      opensThought: false,
      // 10 tokens of the template's, 4 for the opening tag.
      promptTokens: 14,
      tagTokens: 4,
      contextSize: 777,
    });
    expect(server.requests.map(({ path }) => path)).toEqual(["/tokenize", "/detokenize"]);
    expect(server.to("/tokenize")[0]?.body).toEqual({
      model: "small",
      messages: [{ role: "user", content: "2+2?" }],
      add_generation_prompt: true,
    });
  });

  it("adds no opening tag where the template opens the thought", async () => {
    const server = await fakeVllm({ template: "r1" });
    const opening = await vllmWriter(chatOpenAI(server), "large").open(PROMPT);
    expect(opening.opensThought).toBe(true);
    expect(opening.data).toMatchObject({
      text: "<｜begin▁of▁sentence｜><｜User｜>2+2?<｜Assistant｜><think>\n",
    });
  });

  it("takes the prompt text from a chat request where only /v1 is exposed", async () => {
    const server = await fakeVllm({ onlyV1: true, maxModelLen: 777 });
    const opening = await vllmWriter(chatOpenAI(server), "small").open(PROMPT);
    expect(opening).toEqual({
      kind: "vllm",
      data: { text: `${PROMPT_TEXT}<think>\n`, serverAddsBos: false, tags: TAGS },
      opensThought: false,
      promptTokens: 14,
      tagTokens: 4,
      contextSize: 777,
    });
    expect(server.requests.map(({ path }) => path).sort()).toEqual([
      "/tokenize",
      "/v1/chat/completions",
      "/v1/models",
    ]);
    expect(server.violations).toEqual([]);
  });
});

describe("S12: behind Ray Serve LLM, whose /tokenize takes no messages", () => {
  it("S12: the prompt text comes from a chat request", async () => {
    const server = await fakeVllm({ gateway: "ray" });
    const direct = await vllmWriter(chatOpenAI(await fakeVllm()), "small").open(PROMPT);
    expect(await vllmWriter(chatOpenAI(server), "small").open(PROMPT)).toEqual(direct);
    expect(new Set(server.requests.map(({ path }) => path))).toEqual(
      new Set(["/tokenize", "/v1/chat/completions", "/v1/models"]),
    );
    expect(server.violations).toEqual([]);
  });
});

it("behind Ray Serve LLM the context size is what its list of models calls max_request_context_length", async () => {
  const server = await fakeVllm({ gateway: "ray", maxModelLen: 777 });
  const opening = await vllmWriter(chatOpenAI(server), "small").open(PROMPT);
  expect(opening.contextSize).toBe(777);
});

describe("writing", () => {
  it("sends the request that the design asks for, streamed", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    await collectWritten(writer.write(opening, "", { maxTokens: 100, topLogprobs: 20 }));
    expect(server.to("/v1/completions").map(({ body }) => body)).toEqual([
      {
        model: "small",
        prompt: `${PROMPT_TEXT}<think>\n`,
        max_tokens: 100,
        logprobs: 20,
        add_special_tokens: false,
        skip_special_tokens: false,
        stream_options: { include_usage: true, continuous_usage_stats: true },
        stream: true,
      },
    ]);
    expect(server.violations).toEqual([]);
  });

  it("streams text, tokens with their candidates, and the end with its usage", async () => {
    const server = await fakeVllm({ tokensPerChunk: [1, 3, 2] });
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    const all = await collectWritten(
      writer.write(opening, "", { maxTokens: 100, topLogprobs: 20 }),
    );
    expect(all.text).toBe(`${FIRST}\n\n${SECOND}\n\n${THIRD}\n</think>\n\n${SCRIPT.answer}`);
    expect(all.tokens.join("")).toBe(`${all.text}</s>`);
    expect(all.end).toBe("eos");
    expect(all.usage).toEqual({ input_tokens: 12, output_tokens: all.tokens.length });
    const tokens = all.items.flatMap((item) => (item.type === "text" ? item.tokens : []));
    const glimpses = ["First", "Wait,", "Yes,"].map((text) => {
      const token = tokens.find((each) => each.token === text);
      return entropy(tokenDistribution(token?.top ?? [], 20));
    });
    expect(glimpses[0]).toBeCloseTo(0.2, 6);
    expect(glimpses[1]).toBeCloseTo(2.1, 6);
    expect(glimpses[2]).toBeCloseTo(0.3, 6);
  });

  it("T2: tells a stop string from EOS and from a limit, and shows neither", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "large");
    const opening = await writer.open(PROMPT);
    const step = await collectWritten(
      writer.write(opening, "", { maxTokens: 100, topLogprobs: 0, stop: ["\n\n"] }),
    );
    expect(step).toMatchObject({ text: FIRST, end: "stop", tokens: [] });
    const body = server.to("/v1/completions")[0]?.body;
    expect(body).toMatchObject({ stop: ["\n\n"], skip_special_tokens: false });
    expect(body).not.toHaveProperty("include_stop_str_in_output");
    expect(body).not.toHaveProperty("logprobs");
    const last = await collectWritten(
      writer.write(opening, `${FIRST}\n\n${SECOND}\n\n`, {
        maxTokens: 100,
        topLogprobs: 0,
        stop: ["never"],
      }),
    );
    expect(last.end).toBe("eos");
    expect(last.text).not.toContain("</s>");
    const cut = await collectWritten(writer.write(opening, "", { maxTokens: 2, topLogprobs: 0 }));
    expect(cut).toMatchObject({ text: "First we", end: "length" });
    const answer = await collectWritten(
      writer.write(opening, "x\n</think>\n\n", { maxTokens: 50, topLogprobs: 0 }),
    );
    expect(answer).toMatchObject({ text: SCRIPT.answer, end: "eos" });
  });

  it.each([
    ["vllm", vllmWriter],
    ["vllm-chat", vllmChatWriter],
  ])(
    "T2: nor where the user's model shows special tokens, without a thought: %s",
    async (_kind, writerOf) => {
      const server = await fakeVllm({ script: { ...SCRIPT, tags: null } });
      const modelKwargs = { skip_special_tokens: false };
      const writer = writerOf(chatOpenAI(server, { modelKwargs }), "large");
      const opening = await writer.open({ ...PROMPT, thinking: false });
      const how = { maxTokens: 100, topLogprobs: 0, stop: ["never"] };
      const { text, end } = await collectWritten(writer.write(opening, "", how));
      expect(text).toContain(THIRD);
      expect(text).not.toContain("</s>");
      expect(end).toBe("eos");
    },
  );

  it("extends its prompts byte by byte", async () => {
    const server = await fakeVllm({ refuseViolations: true });
    const writer = vllmWriter(chatOpenAI(server), "large");
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
