import { afterEach, describe, expect, it } from "vitest";
import type { FakeSglang, FakeSglangOptions } from "./fake-sglang/fake-sglang-options.js";
import { startFakeSglang } from "./fake-sglang/start-fake-sglang.js";
import { scriptedThought } from "./script/scripted-model.js";

/** The fake must be as strict as SGLang 0.5.23's source says, or tests against it prove nothing. */
const running: FakeSglang[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<FakeSglangOptions> = {}): Promise<FakeSglang> {
  const model = scriptedThought({ steps: [{ text: "One step.", entropy: 0.5 }], answer: "Done." });
  const server = await startFakeSglang({ model, ...options });
  running.push(server);
  return server;
}

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

const MESSAGES = [
  { role: "user", content: "Hi" },
  { role: "assistant", content: "<think>\nOne" },
];

describe("SGLang's own ways", () => {
  it("an error lies outside of `error`, where the OpenAI SDK does not look", async () => {
    const server = await start();
    expect(await post(`${server.baseURL}/completions`, { prompt: "" })).toEqual({
      status: 400,
      body: {
        object: "error",
        message: "Prompt cannot be empty",
        type: "BadRequestError",
        param: null,
        code: 400,
      },
    });
  });

  it("a request beyond the context is refused, not clamped", async () => {
    const server = await start({ contextLength: 10 });
    const full = await post(`${server.baseURL}/completions`, { prompt: "a b", max_tokens: 8 });
    expect(full.status).toBe(200);
    const reply = await post(`${server.baseURL}/completions`, { prompt: "a b", max_tokens: 9 });
    expect(reply).toMatchObject({
      status: 400,
      body: {
        message: expect.stringContaining("exceeds the model's maximum context length of 10"),
      },
    });
  });

  it("a scheduler whose KV pool is too small refuses inside the stream, and a pool that is full ends it", async () => {
    const server = await start({ contextLength: 512, kvPool: 10 });
    const ask = (prompt: string) =>
      fetch(`${server.baseURL}/completions`, {
        method: "POST",
        body: JSON.stringify({ prompt, max_tokens: 99, stream: true }),
      });
    const refused = await ask("a b c d e");
    expect(refused.status).toBe(200);
    expect(await refused.text()).toContain(
      '{"error":{"object":"error","message":"Input length (5 tokens) exceeds the maximum allowed length (4 tokens).',
    );
    const ended = await (await ask("a b")).text();
    expect(ended).toContain('"finish_reason":"length"');
  });

  it("what is less probable than 32 bits hold comes as the least number of all", async () => {
    const server = await start();
    const { body } = await post(`${server.baseURL}/completions`, {
      ...{ prompt: "<think>\n", max_tokens: 1, logprobs: 3, temperature: 0.02 },
    });
    const { choices } = body as {
      choices: { logprobs: { top_logprobs: Record<string, number>[] } }[];
    };
    expect(Object.values(choices[0]?.logprobs.top_logprobs[0] ?? {})).toEqual([
      0, -3.4028234663852886e38, -3.4028234663852886e38,
    ]);
  });

  it.each([
    [
      "without the flag a trailing assistant message becomes the user's",
      {},
      "<|im_start|>user\n<think>\nOne<|im_end|>\n<|im_start|>assistant\n",
    ],
    [
      "with it, it is appended to the generation prompt",
      { continue_final_message: true },
      "<|im_start|>assistant\n<think>\nOne",
    ],
    [
      "so it is without a generation prompt",
      { add_generation_prompt: false },
      "<|im_start|>assistant\n<think>\nOne",
    ],
  ])("%s", async (_name, flags, end) => {
    const server = await start({ template: "qwen3" });
    const { body } = await post(`${server.url}/tokenize`, { messages: MESSAGES, ...flags });
    const { tokens } = body as { tokens: number[] };
    const text = await post(`${server.url}/detokenize`, { tokens, skip_special_tokens: false });
    expect((text.body as { text: string }).text.endsWith(end)).toBe(true);
  });

  it("/detokenize drops special tokens unless told not to", async () => {
    const server = await start();
    const { body } = await post(`${server.url}/tokenize`, { messages: MESSAGES.slice(0, 1) });
    const { tokens } = body as { tokens: number[] };
    expect(await post(`${server.url}/detokenize`, { tokens })).toMatchObject({
      body: { text: "user\nHi\nassistant\n" },
    });
  });

  it("/tokenize takes either a prompt or messages, and puts a BOS before a prompt alone", async () => {
    const server = await start({ tokenizerAddsBos: true });
    expect((await post(`${server.url}/tokenize`, {})).status).toBe(400);
    expect(await post(`${server.url}/tokenize`, { prompt: "a" })).toMatchObject({
      body: { count: 2 },
    });
  });

  it("log-probabilities follow the temperature, unless the server reports the original ones", async () => {
    const ask = async (server: FakeSglang, temperature: number) => {
      const { body } = await post(`${server.baseURL}/completions`, {
        prompt: "<think>\n",
        max_tokens: 1,
        logprobs: 2,
        temperature,
      });
      const { choices } = body as { choices: { logprobs: { token_logprobs: number[] } }[] };
      return choices[0]?.logprobs.token_logprobs[0];
    };
    const scaled = await start();
    expect(await ask(scaled, 0.5)).not.toBeCloseTo((await ask(scaled, 1)) ?? 0, 3);
    expect(await ask(scaled, 0)).toBe(await ask(scaled, 1));
    const original = await start({ originalLogprobs: true });
    expect(await ask(original, 0.5)).toBe(await ask(original, 1));
  });

  it("no_stop_trim with special tokens shows EOS, and is noticed", async () => {
    const server = await start();
    const reply = await post(`${server.baseURL}/completions`, {
      prompt: "<think>\n</think>\n\n",
      max_tokens: 9,
      no_stop_trim: true,
      skip_special_tokens: false,
    });
    expect(reply.body).toMatchObject({
      choices: [{ text: "Done.</s>", finish_reason: "stop", matched_stop: 2 }],
    });
    expect(server.violations).toEqual(["eos_shown"]);
  });

  it("guards every path by the key, and hides all but /v1 behind a gateway", async () => {
    const guarded = await start({ apiKey: "k" });
    expect((await post(`${guarded.url}/tokenize`, { prompt: "x" })).status).toBe(401);
    const hidden = await start({ onlyV1: true });
    expect((await fetch(`${hidden.url}/get_model_info`)).status).toBe(404);
    expect((await fetch(`${hidden.baseURL}/models`)).status).toBe(200);
  });
});
