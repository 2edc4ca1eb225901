import { inspect } from "node:util";
import { AzureChatOpenAI, ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { GlimpRouterError } from "../../../src/errors.js";
import { vllmWriter } from "../../../src/writers/vllm/vllm.js";
import { collectWritten } from "../../servers/collect-written.js";
import type { Fault } from "../../servers/http/fault.js";
import { chatOpenAI, fakeVllm, PROMPT } from "./vllm-setup.js";

async function errorOf(promise: Promise<unknown>): Promise<GlimpRouterError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!GlimpRouterError.isInstance(error)) throw new Error(`Expected an error, got ${error}`);
  return error;
}

const HOW = { maxTokens: 50, topLogprobs: 20 };

describe("a server that does not do what is asked", () => {
  it("cannot be reached: the address, the reason, and what to check", async () => {
    const server = await fakeVllm();
    const model = chatOpenAI({ baseURL: "http://user:secret@127.0.0.1:9/v1?token=abc" });
    await server.close();
    const error = await errorOf(vllmWriter(model, "large").open(PROMPT));
    expect(error).toMatchObject({ reason: "server", role: "large" });
    expect(error.message).toMatch(
      /^The large model's server at http:\/\/127\.0\.0\.1:9\/v1 failed at rendering the prompt: .+ Check `configuration\.baseURL`, and that the server is up\.$/,
    );
    expect(error.message).not.toMatch(/secret|abc/);
  });

  it("does not know the model's name", async () => {
    const server = await fakeVllm({ modelName: "qwen" });
    const error = await errorOf(vllmWriter(chatOpenAI(server), "small").open(PROMPT));
    expect(error).toMatchObject({ reason: "server", role: "small" });
    expect(error.message).toBe(
      `The small model's server at ${server.baseURL} failed at rendering the prompt: 404 The model \`small\` does not exist. Valid aliases: qwen. Check the model's name: it must be one that the server serves (GET /v1/models).`,
    );
    expect(server.requests).toHaveLength(1);
  });

  it("refuses the key, and the key is not told", async () => {
    const server = await fakeVllm({ apiKey: "right-key" });
    const writer = vllmWriter(chatOpenAI(server, { apiKey: "wrong-key" }), "small");
    // vLLM guards /v1 alone.
    const opening = await writer.open(PROMPT);
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error.message).toBe(
      `The small model's server at ${server.baseURL} failed at writing: 401 "Unauthorized". Check the model's \`apiKey\`.`,
    );
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("wrong-key");
  });

  it("echoes the key in its answer, which is left out", async () => {
    const key = "sk-very-secret";
    const model = chatOpenAI(
      { baseURL: "http://127.0.0.1:9/v1" },
      {
        apiKey: key,
        configuration: {
          fetch: async () =>
            Response.json({ error: { message: `Incorrect API key: ${key}` } }, { status: 401 }),
        },
      },
    );
    const error = await errorOf(vllmWriter(model, "small").open(PROMPT));
    expect(error.message).toContain("Incorrect API key: [API key]. Check the model's `apiKey`.");
    expect(error.cause).toMatchObject({ status: 401 });
    expect(inspect(error)).not.toContain(key);
  });

  it("U4: has another base URL (/v1 is missing): quoted in the same words through every SDK", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI({ baseURL: server.url }), "small");
    const opening = await writer.open(PROMPT);
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error.message).toBe(
      `The small model's server at ${server.url}/ failed at writing: 404 {"detail":"Not Found"}. Check \`configuration.baseURL\`: it usually ends in /v1.`,
    );
  });

  it("answers with a web page", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("html");
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error.message).toContain("200 with text/html; charset=utf-8: <!doctype html><title>");
    expect(error.message).toContain("Is `configuration.baseURL` the API's address");
    server.fail("html", { times: 9 });
    const rendering = await errorOf(writer.open(PROMPT));
    expect(rendering.message).toContain("200 with text/html");
  });

  it("S4: gives no prompt text, being no vLLM: the way out is named", async () => {
    const server = await fakeVllm({ onlyV1: true });
    const model = chatOpenAI(server, {
      configuration: {
        fetch: (url, init) =>
          fetch(url, {
            ...init,
            body: String(init?.body).replace('"return_prompt_text":true,', ""),
          }),
      },
    });
    const error = await errorOf(vllmWriter(model, "small").open(PROMPT));
    expect(error).toMatchObject({ reason: "server", role: "small" });
    expect(error.message).toContain(
      "gives no prompt text: it renders no messages at /tokenize of its root",
    );
    expect(error.message).toContain("Use `continuation: { template, serverAddsBos }` with");
  });

  it("refuses the prompt's length in its own words", async () => {
    const server = await fakeVllm({ maxModelLen: 12 });
    const writer = vllmWriter(chatOpenAI(server), "large");
    const opening = await writer.open(PROMPT);
    const error = await errorOf(
      collectWritten(writer.write(opening, "a b c d", { ...HOW, maxTokens: 12 })),
    );
    expect(error.message).toContain("400 This model's maximum context length is 12 tokens.");
    expect(error.message).toContain(
      "Shorten the prompt, or serve the model with a larger context.",
    );
  });

  it("fails inside a stream that began with 200 (rule 6)", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    const tooMany = await errorOf(
      collectWritten(writer.write(opening, "", { ...HOW, topLogprobs: 21 })),
    );
    expect(tooMany.message).toContain(
      "Requested sample logprobs of 21, which is greater than max allowed: 20",
    );
    expect(tooMany.message).toContain("Set `topLogprobs: 20`: the server gives no more.");
    server.fail("error-in-stream");
    const engine = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(engine).toMatchObject({ reason: "server", role: "small" });
    expect(engine.message).toContain("EngineCore encountered an issue.");
  });

  it("gives up in mid-thought: finish_reason abort is no end", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("finish-abort");
    const error = await errorOf(collectWritten(writer.write(opening, "", HOW)));
    expect(error.message).toContain('ended the text with finish_reason "abort"');
  });

  it("ends the stream without a finish_reason: no end is told, the router calls it cut", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("no-finish");
    const { end, text } = await collectWritten(writer.write(opening, "", { ...HOW, maxTokens: 3 }));
    expect({ end, text }).toEqual({ end: null, text: "First we add" });
  });

  it("leaves log-probabilities out: the tokens are missing, which the router sees (rule 10)", async () => {
    const server = await fakeVllm();
    const writer = vllmWriter(chatOpenAI(server), "small");
    const opening = await writer.open(PROMPT);
    server.fail("no-logprobs");
    const { tokens, text } = await collectWritten(
      writer.write(opening, "", { ...HOW, maxTokens: 3 }),
    );
    expect({ tokens, text }).toEqual({ tokens: [], text: "First we add" });
  });
});

describe("a model that has no usable client", () => {
  it.each([
    ["a thing", { invoke: () => "" }, "has no OpenAI client"],
    [
      "Azure",
      new AzureChatOpenAI({
        azureOpenAIApiKey: "k",
        azureOpenAIApiInstanceName: "i",
        azureOpenAIApiDeploymentName: "d",
        azureOpenAIApiVersion: "2024-10-21",
      }),
      "talks to Azure OpenAI",
    ],
    [
      "the Responses API",
      new ChatOpenAI({ apiKey: "k", model: "small", useResponsesApi: true }),
      "Set `useResponsesApi: false`",
    ],
    [
      "no key",
      new ChatOpenAI({ model: "small", configuration: { baseURL: "http://127.0.0.1:9/v1" } }),
      "could not create its client: Missing credentials",
    ],
  ])("is refused: %s", (_name, model, message) => {
    expect(() => vllmWriter(model, "large")).toThrow(
      expect.objectContaining({
        reason: "invalid_option",
        role: "large",
        message: expect.stringContaining(message),
      }),
    );
  });
});

describe("faults of a real server", () => {
  const faults: readonly Fault[] = ["cut", "close-after-headers"];
  it.each(faults)(
    "U3: %s: a connection that breaks in the stream is a cut one, and not asked again",
    async (fault) => {
      const server = await fakeVllm();
      const writer = vllmWriter(chatOpenAI(server, { maxRetries: 3 }), "small");
      const opening = await writer.open(PROMPT);
      server.fail(fault);
      const { end } = await collectWritten(writer.write(opening, "", HOW));
      // No end is told: the router's error is "stream_cut", on every runtime, whatever its words.
      expect(end).toBeNull();
      expect(server.to("/v1/completions")).toHaveLength(1);
    },
  );
});
