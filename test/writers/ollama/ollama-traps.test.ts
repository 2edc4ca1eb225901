import { describe, expect, it } from "vitest";
import { entropyAbove } from "../../../src/index.js";
import { ollamaWriter } from "../../../src/writers/ollama/ollama.js";
import { stepWriterFor } from "../../../src/writers/step-writer-for.js";
import { recordOf } from "../../langchain/record-of.js";
import { collectWritten } from "../../servers/collect-written.js";
import type { OllamaFault } from "../../servers/fake-ollama/fake-ollama-options.js";
import { errorOf } from "../error-of.js";
import { CHAIN } from "../llamacpp/llamacpp-setup.js";
import { chatOpenAI, PROMPT } from "../vllm/vllm-setup.js";
import { fakeOllama, ollamaModel, ollamaRouter } from "./ollama-setup.js";

const HOW = { maxTokens: 50, topLogprobs: 20 };
const THOUGHT = CHAIN.steps.map(({ text }) => text).join("\n\n");
const HARD = CHAIN.steps.filter(({ entropy }) => entropy > 1).length;

describe("a chain over two models of one Ollama", () => {
  it.each(["runner", "llama-server"] as const)(
    "has the routes and the text of the other writers (%s)",
    async (engine) => {
      const server = await fakeOllama({ script: CHAIN, engine });
      const message = await ollamaRouter(server).invoke("59, +10, %6");
      expect(message.text).toBe(CHAIN.answer);
      expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
      const { steps, continuation, requests } = recordOf(message);
      expect(steps.map(({ route }) => route)).toEqual([
        "small",
        "large",
        "small",
        "large",
        "small",
      ]);
      expect(continuation).toEqual({ small: "ollama", large: "ollama" });
      expect(requests).toEqual({ small: HARD + 1, large: HARD + 1 });
      expect(server.violations).toEqual([]);
      expect([...server.loads].sort()).toEqual(["large:latest", "small:latest"]);
    },
  );

  it("is the same by probes, and under templates that open a thought, or would close it", async () => {
    for (const template of ["r1", "qwen3", "trimming"] as const) {
      const server = await fakeOllama({ script: CHAIN, template });
      const message = await ollamaRouter(server, { glimpse: "probe" }).invoke("59, +10, %6");
      expect(message.text).toBe(CHAIN.answer);
      expect(message.additional_kwargs.reasoning_content).toBe(THOUGHT);
      expect(server.violations).toEqual([]);
    }
  });
});

describe("silent traps", () => {
  it("a prompt longer than the context is refused, and not cut", async () => {
    for (const engine of ["runner", "llama-server"] as const) {
      const server = await fakeOllama({ contextSize: 10, engine });
      const error = await errorOf(ollamaWriter(ollamaModel(server), "small").open(PROMPT));
      expect(error).toMatchObject({ reason: "context", status: 400, role: "small" });
      expect(error.message).toMatch(/400 (the input length exceeds|request \(10 tokens\) exceeds)/);
      expect(error.message).toContain(
        "Shorten the prompt, or serve the model with a larger context.",
      );
      expect(server.violations).toEqual([]);
    }
  });

  it("a thought that fills the context is closed there, and not shifted out", async () => {
    const server = await fakeOllama({ script: CHAIN, contextSize: 84 });
    const router = ollamaRouter(server, { policy: entropyAbove(3) });
    const message = await router.invoke("59, +10, %6");
    expect(recordOf(message).stopReason).toBe("context");
    expect(server.violations).toEqual([]);
  });

  it("what drops `truncate` on the way is seen by the count", async () => {
    const server = await fakeOllama({ contextSize: 40, cutsAnyway: true });
    const writer = ollamaWriter(ollamaModel(server), "large");
    const opening = await writer.open({ ...PROMPT });
    const longer = { ...opening, promptTokens: 30 };
    const thought = "so ".repeat(40);
    const error = await errorOf(collectWritten(writer.write(longer, thought, HOW)));
    expect(error).toMatchObject({ reason: "context", role: "large" });
    expect(error.message).toContain("read 20 tokens of a prompt of 26 or more");
    expect(server.violations).toEqual(["cut"]);
  });

  it("every request has the same options for the runner: no model is loaded twice", async () => {
    const server = await fakeOllama({ script: CHAIN });
    const message = await ollamaRouter(server, {}, { numCtx: 2048 }).invoke("59, +10, %6");
    expect(message.text).toBe(CHAIN.answer);
    const sizes = server.requests.flatMap(({ body }) =>
      body.options === undefined ? [] : [(body.options as { num_ctx?: unknown }).num_ctx],
    );
    expect(new Set(sizes)).toEqual(new Set([2048]));
    expect([...server.loads].sort()).toEqual(["large:latest", "small:latest"]);
    expect(server.violations).toEqual([]);
  });

  it("two models that do not fit together still route, and are loaded at each hand-off", async () => {
    const server = await fakeOllama({ script: CHAIN, fit: 1 });
    const message = await ollamaRouter(server).invoke("59, +10, %6");
    expect(message.text).toBe(CHAIN.answer);
    expect(server.loads.length).toBeGreaterThan(2 * HARD);
  });

  it.each([0, "0", "0s", "0m"])(
    "`keepAlive: %j` is refused before anything is sent",
    async (keepAlive) => {
      const server = await fakeOllama();
      const model = ollamaModel(server, { keepAlive });
      const error = await errorOf((async () => ollamaWriter(model, "large"))());
      expect(error).toMatchObject({ reason: "invalid_option", role: "large" });
      expect(error.message).toContain("`keepAlive` of the large model is");
      expect(server.requests).toEqual([]);
    },
  );

  it("`keepAlive: -1` and others are sent", async () => {
    const server = await fakeOllama();
    await ollamaWriter(ollamaModel(server, { keepAlive: -1 }), "large").open(PROMPT);
    expect(server.to("/api/generate")[0]?.body.keep_alive).toBe(-1);
  });

  it("a parser of the server's is switched off, and told where something switches it on", async () => {
    const server = await fakeOllama({ template: "r1" });
    const writer = ollamaWriter(ollamaModel(server), "small");
    const opening = await writer.open(PROMPT);
    const { text } = await collectWritten(writer.write(opening, "", HOW));
    expect(text).toContain("First we add");
    expect(server.violations).toEqual([]);
    const dropped = { url: server.url, think: undefined };
    const model = ollamaModel(dropped);
    Object.assign(model.client as object, {
      fetch: (url: string, request: RequestInit) => {
        const { think: _, ...body } = JSON.parse(String(request.body ?? "{}"));
        return fetch(url, request.body ? { ...request, body: JSON.stringify(body) } : request);
      },
    });
    const error = await errorOf(
      collectWritten(ollamaWriter(model, "small").write(opening, "", HOW)),
    );
    expect(error).toMatchObject({ reason: "server", role: "small" });
    expect(error.message).toContain("`think: false`");
  });
});

describe("a server that is none for this", () => {
  it.each(["0.12.10", "0.5.7", "v0.3.1"])(
    "Ollama %s: the version that is needed is named",
    async (version) => {
      const server = await fakeOllama({ version });
      const small = await errorOf(ollamaWriter(ollamaModel(server), "small").open(PROMPT));
      expect(small).toMatchObject({ reason: "invalid_option", role: "small" });
      expect(small.message).toContain(`is Ollama ${version}`);
      expect(small.message).toMatch(/Update it to 0\.12\.11 or newer\.$/);
      const large = await errorOf(ollamaWriter(ollamaModel(server), "large").open(PROMPT));
      expect(large.message).toContain('`continuation: { large: "ask" }`');
    },
  );

  it.each(["0.12.11", "0.13.0", "1.0.0", "0.0.0", "0.40.2-rc1", "main"])(
    "Ollama %s is taken",
    async (version) => {
      const server = await fakeOllama({ version });
      await expect(ollamaWriter(ollamaModel(server), "small").open(PROMPT)).resolves.toBeDefined();
    },
  );

  it("has no such model", async () => {
    const server = await fakeOllama();
    const model = ollamaModel(server, { model: "qwen3:4b" });
    const error = await errorOf(ollamaWriter(model, "large").open(PROMPT));
    expect(error).toMatchObject({ reason: "server", role: "large", status: 404 });
    expect(error.message).toContain("404 model 'qwen3:4b' not found. Check the model's name");
    const open = await errorOf(
      ollamaWriter(chatOpenAI(server, { model: "qwen3:4b" }), "large").open(PROMPT),
    );
    expect(open.message).toContain("404 model 'qwen3:4b' not found. Check the model's name");
  });

  it("a model of its cloud is asked as large, and refused as small", async () => {
    const server = await fakeOllama();
    const model = ollamaModel(server, { model: "gpt-oss:120b-cloud" });
    expect((await stepWriterFor(model, "auto", "large")).kind).toBe("ask");
    const error = await errorOf(stepWriterFor(model, "auto", "small"));
    expect(error.message).toContain("runs in Ollama's cloud");
  });

  it.each<[OllamaFault, string, RegExp]>([
    ["cut", "stream_cut", /The large model's stream/],
    ["cut-in-line", "stream_cut", /The large model's stream/],
    ["close-after-headers", "stream_cut", /The large model's stream/],
    ["error-in-stream", "server", /prediction aborted, token repeat limit reached/],
    ["html", "server", /200 with text\/html/],
  ])("large: %s", async (fault, reason, message) => {
    const server = await fakeOllama({ script: CHAIN });
    const large = await fakeOllama({ script: CHAIN });
    const router = ollamaRouter(server, { large: ollamaModel(large, { model: "large" }) });
    await router.invoke("59, +10, %6");
    // The first request counts the prompt, and looks at no log-probabilities: a fault that it does not mind takes its turn.
    large.fail("no-logprobs", { path: "/api/generate" });
    large.fail(fault, { path: "/api/generate" });
    const error = await errorOf(router.invoke("59, +10, %6"));
    expect(error).toMatchObject({ reason, role: "large" });
    expect(error.message).toMatch(message);
    expect(error.thought.startsWith(`${CHAIN.steps[0]?.text}\n\n`)).toBe(true);
  });

  it("ends a stream without `done`: no end is told", async () => {
    const server = await fakeOllama();
    const writer = ollamaWriter(ollamaModel(server), "large");
    const opening = await writer.open(PROMPT);
    server.fail("no-finish", { path: "/api/generate" });
    const { text, end } = await collectWritten(writer.write(opening, "", HOW));
    expect(text).toContain("First we add");
    expect(end).toBeNull();
  });

  it("small gives no log-probabilities", async () => {
    const server = await fakeOllama({ script: CHAIN });
    server.fail("no-logprobs", { path: "/api/generate", times: 9 });
    const error = await errorOf(ollamaRouter(server).invoke("59, +10, %6"));
    expect(error).toMatchObject({ reason: "no_logprobs", role: "small", thought: "" });
  });
});

describe("a stream that Ollama cuts is gone on with, behind the last token", () => {
  it.each<[OllamaFault, "cut" | "error"]>([
    ["cut-in-line", "cut"],
    ["error-in-stream", "error"],
  ])("%s", async (fault, reason) => {
    const small = await fakeOllama({ script: CHAIN });
    const large = await fakeOllama({ script: CHAIN });
    const router = ollamaRouter(
      small,
      { large: ollamaModel(large, { model: "large", maxRetries: 2 }) },
      { maxRetries: 2 },
    );
    const whole = await router.invoke("59, +10, %6");
    // For the count, as above.
    large.fail("no-logprobs", { path: "/api/generate" });
    large.fail(fault, { path: "/api/generate" });
    const reply = await router.invoke("59, +10, %6");
    expect(reply.text).toBe(whole.text);
    expect(reply.additional_kwargs).toEqual(whole.additional_kwargs);
    expect(recordOf(reply).retries).toMatchObject([{ role: "large", reason }]);
    expect(small.violations.concat(large.violations)).toEqual([]);
  });
});
