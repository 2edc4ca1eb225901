import { describe, expect, it } from "vitest";
import { outageReason } from "../../../src/router/outage.js";
import { openAIAccess } from "../../../src/writers/connection/openai-client.js";
import { vllmWriter } from "../../../src/writers/vllm/vllm.js";
import { collectWritten } from "../../servers/collect-written.js";
import { errorOf } from "../error-of.js";
import { chatOpenAI, fakeVllm, PROMPT, SCRIPT } from "./vllm-setup.js";

const HOW = { maxTokens: 3, topLogprobs: 0 };

describe("retries (rule 18)", () => {
  it("asks once more, silently, where the connection died before the first byte", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server, { maxRetries: 0 }), "small");
    server.fail("close-before-first-byte", { path: "/tokenize" });
    const opening = await writer.open(PROMPT);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/tokenize",
      "/tokenize",
      "/detokenize",
    ]);
    server.fail("close-before-first-byte", { path: "/v1/completions" });
    const { text } = await collectWritten(writer.write(opening, "", HOW));
    expect(text).toBe("First we add");
    expect(server.to("/v1/completions")).toHaveLength(2);
  });

  it("asks once more, not twice, at maxRetries 0", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server, { maxRetries: 0 }), "small");
    server.fail("close-before-first-byte", { times: 2 });
    await expect(writer.open(PROMPT)).rejects.toMatchObject({
      reason: "server",
      message: expect.stringContaining("other side closed"),
    });
    expect(server.requests).toHaveLength(2);
  });

  it("asks a chat again for the prompt's text where its stream was cut before that; each time: the server is out", async () => {
    const server = await fakeVllm({ onlyV1: true });
    const chat = { path: "/v1/chat/completions" };
    server.fail("close-after-headers", chat);
    const opening = await vllmWriter(chatOpenAI(server, { maxRetries: 1 }), "small").open(PROMPT);
    expect(opening.data).toMatchObject({ text: expect.stringContaining("2+2?") });
    expect(server.to(chat.path)).toHaveLength(2);
    server.fail("close-after-headers", chat);
    const error = await errorOf(
      vllmWriter(chatOpenAI(server, { maxRetries: 0 }), "small").open(PROMPT),
    );
    expect(error).toMatchObject({ reason: "server", role: "small" });
    expect(outageReason(error)).toBe("cut");
  });

  it("retries a failed request as often as the user's model does, before the stream begins", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server, { maxRetries: 1 }), "small");
    const opening = await writer.open(PROMPT);
    server.fail("server-error", { path: "/v1/completions" });
    const { text } = await collectWritten(writer.write(opening, "", HOW));
    expect(text).toBe("First we add");
    expect(server.to("/v1/completions")).toHaveLength(2);
  });

  it("does not retry what the server refused", async () => {
    const server = await fakeVllm({ modelName: "other" });
    await expect(
      vllmWriter(chatOpenAI(server, { maxRetries: 3 }), "small").open(PROMPT),
    ).rejects.toMatchObject({ reason: "server" });
    expect(server.requests).toHaveLength(1);
  });
});

/** A model whose server limits requests as often as is said. */
function limited(at: { baseURL: string }, times: number, error: object, maxRetries: number) {
  let left = times;
  return chatOpenAI(at, {
    maxRetries,
    configuration: {
      fetch: (url, init) =>
        left-- > 0 ? Promise.resolve(Response.json({ error }, { status: 429 })) : fetch(url, init),
    },
  });
}

describe("a limit of requests", () => {
  const message = "Rate limit reached.";

  it("S8: without Retry-After is tried again, as often as the model says", async () => {
    const server = await fakeVllm();
    const opening = await vllmWriter(limited(server, 1, { message }, 1), "small").open(PROMPT);
    expect(opening.promptTokens).toBeGreaterThan(0);
    expect(server.to("/tokenize")).toHaveLength(1);
  });

  it.each([
    [
      { message },
      "429 Rate limit reached. Set the model's `maxRetries` higher, or its `maxConcurrency` lower: requests are limited there.",
    ],
    [
      { message: "You exceeded your current quota.", code: "insufficient_quota" },
      "429 You exceeded your current quota. Check the account: its quota is spent, and another try will not help.",
    ],
  ])("S8: at the last try says so, and what to set: %j", async (error, said) => {
    const writer = vllmWriter(limited({ baseURL: "http://127.0.0.1:9/v1" }, 1, error, 0), "small");
    await expect(writer.open(PROMPT)).rejects.toMatchObject({
      reason: "server",
      status: 429,
      message: expect.stringContaining(`failed at rendering the prompt: ${said}`),
    });
  });
});

describe("aborts", () => {
  it("ends the server's work between two slow tokens, and says so", async () => {
    const server = await fakeVllm({ tokenDelayMs: 25 });
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    const controller = new AbortController();
    const stream = writer.write(opening, "", { maxTokens: 50, topLogprobs: 20 }, controller.signal);
    const read: string[] = [];
    const error = await (async () => {
      for await (const item of stream) {
        read.push(item.type === "text" ? item.text : item.type);
        if (read.length === 2) controller.abort(new Error("enough"));
      }
    })().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "AbortError", cause: new Error("enough") });
    expect(read).toEqual(["First", " we"]);
    await server.idle();
    const [request] = server.to("/v1/completions");
    expect(request).toMatchObject({ aborted: true, tokensWritten: 2 });
  });

  it("ends a request that is still waiting for its first byte, without a retry", async () => {
    const server = await fakeVllm({ requestDelayMs: 5_000 });
    const writer = vllmWriter(chatOpenAI(server, { maxRetries: 6 }), "small");
    const opening = await writer.open(PROMPT);
    const controller = new AbortController();
    const written = collectWritten(writer.write(opening, "", HOW, controller.signal));
    const failed = expect(written).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(() => server.to("/v1/completions").length).toBe(1);
    const begun = performance.now();
    controller.abort();
    await failed;
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(server.to("/v1/completions")).toHaveLength(1);
  });

  it("asks for nothing where the signal is aborted already", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "small");
    await expect(writer.open(PROMPT, AbortSignal.abort())).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(server.requests).toEqual([]);
  });

  it("reports running totals with each text: an aborted stream gives no others", async () => {
    const server = await fakeVllm({ tokensPerChunk: 2 });
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    const { items } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 4 }));
    expect(
      items.map(({ type, usage }) => [type, usage?.input_tokens, usage?.output_tokens]),
    ).toEqual([
      ["text", 12, 2],
      ["text", 12, 4],
      // The event with the final usage has no text. It is handed on all the same: the router counts events.
      ["text", 12, 4],
      ["end", 12, 4],
    ]);
  });
});

describe("a client in somebody's wrapper (tracing, say)", () => {
  it("may give the events of a stream only, and not the reply", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI(server);
    const { client } = openAIAccess(model, "small");
    const { completions } = client;
    const create = completions.create.bind(completions);
    completions.create = async (body, options) => await create(body, options);
    const writer = vllmWriter(model, "small");
    const { text, end } = await collectWritten(
      writer.write(await writer.open(PROMPT), "", { ...HOW, maxTokens: 400 }),
    );
    expect(text.endsWith(SCRIPT.answer)).toBe(true);
    expect(end).toBe("eos");
  });
});
