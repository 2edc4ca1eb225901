import { describe, expect, it } from "vitest";
import { entropy } from "../../../src/core/entropy.js";
import { tokenDistribution } from "../../../src/core/token-distribution.js";
import { ollamaWriter } from "../../../src/writers/ollama/ollama.js";
import { stepWriterFor } from "../../../src/writers/step-writer-for.js";
import { PLAIN } from "../../prompt/chat-templates.js";
import { collectWritten } from "../../servers/collect-written.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI, PROMPT, SCRIPT, TAGS } from "../vllm/vllm-setup.js";
import { fakeOllama, ollamaModel } from "./ollama-setup.js";

const PROMPT_TEXT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n";
const HOW = { maxTokens: 50, topLogprobs: 20 };
const [FIRST] = SCRIPT.steps.map(({ text }) => text);

describe("opening a prompt", () => {
  it("has the text from the server's rendering, its tokens from one token behind it, the context from /api/ps", async () => {
    const server = await fakeOllama({ contextSize: 777 });
    const writer = ollamaWriter(ollamaModel(server, { temperature: 0.6 }), "small");
    const opening = await writer.open(PROMPT);
    expect(opening).toEqual({
      kind: "ollama",
      // Without the template's BOS: the server adds one.
      data: { text: `${PROMPT_TEXT}<think>\n`, serverAddsBos: true, tags: TAGS },
      opensThought: false,
      // 10 tokens of the template's with the BOS, 4 for the opening tag.
      promptTokens: 14,
      tagTokens: 4,
      contextSize: 777,
    });
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/api/version",
      "/api/chat",
      "/api/show",
      "/api/generate",
      "/api/ps",
    ]);
    expect(server.to("/api/chat")[0]?.body).toEqual({
      model: "small",
      messages: [{ role: "user", content: "2+2?" }],
      stream: false,
      truncate: false,
      _debug_render_only: true,
      options: { temperature: 0.6, num_predict: 1 },
    });
    expect(server.violations).toEqual([]);
  });

  it("asks for version and BOS once", async () => {
    const server = await fakeOllama();
    const open = () => ollamaWriter(ollamaModel(server), "small").open(PROMPT);
    await open();
    await open();
    expect(server.to("/api/version")).toHaveLength(1);
    expect(server.to("/api/show")).toHaveLength(1);
    expect(server.to("/api/generate")).toHaveLength(2);
  });

  it("leaves the BOS where the server adds none, and takes it off where it does not say", async () => {
    const none = await fakeOllama({ addsBos: false });
    const opened = await ollamaWriter(ollamaModel(none), "small").open(PROMPT);
    expect(opened.data).toMatchObject({ text: `<s>${PROMPT_TEXT}<think>\n` });
    const silent = await fakeOllama({ addsBos: null });
    const other = await ollamaWriter(ollamaModel(silent), "small").open(PROMPT);
    expect(other.data).toMatchObject({ text: `${PROMPT_TEXT}<think>\n` });
    expect(silent.violations).toEqual([]);
  });

  it("refuses a thought that the template closes (`think: false`)", async () => {
    const server = await fakeOllama({ template: "qwen3" });
    const error = await errorOf(
      ollamaWriter(ollamaModel(server, { think: false }), "small").open(PROMPT),
    );
    expect(error.reason).toBe("not_continued");
  });

  it("names both ways out where the server renders nothing", async () => {
    const server = await fakeOllama({ renders: false });
    const error = await errorOf(ollamaWriter(ollamaModel(server), "small").open(PROMPT));
    expect(error).toMatchObject({ reason: "not_continued", role: "small" });
    expect(error.message).toContain("an Ollama of 0.12.11 or newer");
    expect(error.message).toContain("{ template, serverAddsBos: true }");
  });
});

describe("a template of the user's", () => {
  it("renders the prompt in the server's place; all else is Ollama's", async () => {
    const server = await fakeOllama({ renders: false });
    const continuation = {
      template: PLAIN,
      bosToken: "<s>",
      eosToken: "</s>",
      serverAddsBos: true,
    };
    const writer = await stepWriterFor(ollamaModel(server), continuation, "small");
    const opening = await writer.open(PROMPT);
    expect(opening).toMatchObject({
      kind: "ollama",
      data: { text: `${PROMPT_TEXT}<think>\n` },
      promptTokens: 14,
      tagTokens: 4,
      contextSize: 4096,
    });
    const { text } = await collectWritten(writer.write(opening, "", HOW));
    expect(text.startsWith(`${FIRST}\n\n`)).toBe(true);
    expect(server.to("/api/chat")).toEqual([]);
    expect(server.violations).toEqual([]);
  });
});

describe("writing", () => {
  it.each(["runner", "llama-server"] as const)(
    "sends what keeps out of the traps (%s)",
    async (engine) => {
      const server = await fakeOllama({ engine });
      const writer = ollamaWriter(ollamaModel(server, { numCtx: 300, keepAlive: "10m" }), "small");
      const opening = await writer.open(PROMPT);
      const { text, end, usage, items } = await collectWritten(writer.write(opening, "", HOW));
      expect(server.to("/api/generate").at(-1)?.body).toEqual({
        model: "small",
        prompt: `${PROMPT_TEXT}<think>\n`,
        raw: true,
        stream: true,
        think: false,
        truncate: false,
        shift: false,
        logprobs: true,
        top_logprobs: 20,
        keep_alive: "10m",
        options: { num_ctx: 300, num_predict: 50 },
      });
      expect(text.startsWith(`${FIRST}\n\n`)).toBe(true);
      expect(end).toBe("eos");
      expect(usage?.input_tokens).toBe(12);
      const [first] = items;
      if (first?.type !== "text") throw new Error("No text came.");
      const top = first.tokens[0]?.top ?? [];
      expect(top).toHaveLength(20);
      expect(entropy(tokenDistribution(top, 20))).toBeCloseTo(0.2, 6);
      expect(server.loads).toEqual(["small:latest"]);
      expect(server.violations).toEqual([]);
    },
  );

  it("ends a step at a stop string on this side, and tells it from EOS", async () => {
    const server = await fakeOllama({ stop: ["<|im_end|>"] });
    const writer = ollamaWriter(ollamaModel(server), "large");
    const opening = await writer.open(PROMPT);
    const how = { maxTokens: 50, topLogprobs: 0, stop: ["\n\n"] };
    const step = await collectWritten(writer.write(opening, "", how));
    expect(step).toMatchObject({ text: FIRST, end: "stop" });
    const thought = SCRIPT.steps.map((each) => each.text).join("\n\n");
    const rest = await collectWritten(writer.write(opening, `${thought}\n</think>\n\n`, how));
    expect(rest).toMatchObject({ text: SCRIPT.answer, end: "eos" });
    const cut = await collectWritten(writer.write(opening, "", { ...how, maxTokens: 2 }));
    expect(cut).toMatchObject({ text: "First we", end: "length" });
    expect(server.violations).toEqual([]);
    await server.idle();
    expect(server.to("/api/generate").filter(({ aborted }) => aborted)).toHaveLength(1);
  });

  it("holds the answer to a format, and never the thought", async () => {
    const server = await fakeOllama();
    const writer = ollamaWriter(ollamaModel(server, { format: "json" }), "large");
    const opening = await writer.open(PROMPT);
    await collectWritten(writer.write(opening, "", HOW));
    await collectWritten(writer.write(opening, "x\n</think>\n\n", HOW));
    expect(server.to("/api/generate").map(({ body }) => body.format)).toEqual([
      undefined,
      undefined,
      "json",
    ]);
  });

  it("sends the model's headers, and is found for ChatOpenAI as well", async () => {
    const server = await fakeOllama();
    const headers = { "x-team": "blue-team" };
    const own = await stepWriterFor(ollamaModel(server, { headers }), "auto", "small");
    await own.open(PROMPT);
    expect(server.requests.every((request) => request.headers["x-team"] === "blue-team")).toBe(
      true,
    );
    const open = chatOpenAI(server, { temperature: 0.6, topP: 0.9 });
    const writer = await stepWriterFor(open, "auto", "small");
    expect([own.kind, writer.kind]).toEqual(["ollama", "ollama"]);
    const opening = await writer.open(PROMPT);
    await collectWritten(writer.write(opening, "", { ...HOW, temperature: 0 }));
    expect(server.to("/api/generate").at(-1)?.body.options).toEqual({
      num_predict: 50,
      temperature: 0,
      top_p: 0.9,
    });
  });
});
