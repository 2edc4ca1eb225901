import { afterEach, describe, expect, it } from "vitest";
import type { FakeVllmOptions } from "./fake-vllm/fake-vllm-options.js";
import { type FakeVllm, startFakeVllm } from "./fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "./script/scripted-model.js";

/** The fake must be as strict as vLLM 0.32 was seen to be (facts: vllm.md), or tests against it prove nothing. */
const running: FakeVllm[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<FakeVllmOptions> = {}): Promise<FakeVllm> {
  const model = scriptedThought({
    steps: [
      { text: "One step.", entropy: 0.5 },
      { text: "Two.", entropy: 2 },
    ],
    answer: "Done.",
  });
  const server = await startFakeVllm({ model, ...options });
  running.push(server);
  return server;
}

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

const MESSAGES = [{ role: "user", content: "Hi" }];
const ASSISTANT = { role: "assistant", content: "<think>\nOne step.\n\n" };

describe("what vLLM refuses", () => {
  it.each([
    ["an unknown model", { model: "gpt-4" }, 404, "The model `gpt-4` does not exist."],
    ["an empty stop string", { stop: [""] }, 400, "stop cannot contain an empty string."],
    ["five stop strings", { stop: [..."abcde"] }, 400, "at most 4 items"],
    ["21 log-probabilities", { logprobs: 21 }, 400, "Requested sample logprobs of 21"],
    ["temperature 3", { temperature: 3 }, 400, "temperature must be in [0, 2], got 3.0."],
    ["no room to write", { max_tokens: 0 }, 400, "max_tokens must be at least 1, got 0."],
    [
      "a prompt beyond the context",
      { prompt: "a b c d e f g h i j" },
      400,
      "maximum context length is 9",
    ],
    ["no prompt", { prompt: undefined }, 400, "Either prompt"],
  ])("in text completions: %s", async (_name, fields, status, message) => {
    const server = await start({ maxModelLen: 9 });
    const reply = await post(`${server.baseURL}/completions`, {
      prompt: "<think>\n",
      add_special_tokens: false,
      ...fields,
    });
    expect(reply).toEqual({
      status,
      body: {
        error: expect.objectContaining({ message: expect.stringContaining(message), code: status }),
      },
    });
  });

  it.each([
    ["continue_final_message alone", { continue_final_message: true }, "are not compatible"],
    [
      "both flags true",
      { continue_final_message: true, add_generation_prompt: true },
      "Cannot set both",
    ],
    ["top_logprobs without logprobs", { top_logprobs: 5 }, "`logprobs` must be set to true"],
    ["tools without a tool parser", { tools: [{}] }, '"auto" tool choice requires'],
  ])("in chat completions: %s", async (_name, fields, message) => {
    const server = await start();
    const reply = await post(`${server.baseURL}/chat/completions`, {
      messages: MESSAGES,
      ...fields,
    });
    expect(reply).toEqual({
      status: 400,
      body: { error: expect.objectContaining({ message: expect.stringContaining(message) }) },
    });
  });

  it("guards /v1 alone by a key, and knows no paths but its own", async () => {
    const server = await start({ apiKey: "k" });
    expect(await post(`${server.baseURL}/completions`, { prompt: "x" })).toEqual({
      status: 401,
      body: { error: "Unauthorized" },
    });
    expect((await post(`${server.url}/tokenize`, { prompt: "x" })).status).toBe(200);
    expect(await post(`${server.url}/v1x/tokenize`, {})).toEqual({
      status: 404,
      body: { detail: "Not Found" },
    });
  });

  it("hides everything but /v1 behind a gateway", async () => {
    const server = await start({ onlyV1: true });
    expect((await post(`${server.url}/tokenize`, { messages: MESSAGES })).status).toBe(404);
    expect((await fetch(`${server.url}/version`)).status).toBe(404);
    expect((await fetch(`${server.baseURL}/models`)).status).toBe(200);
  });
});

describe("what vLLM takes and gets wrong", () => {
  const wrong = { prompt: "<s>x<|im_start|>assistant\n<think>\n<think>\n", stream: true };

  it("is noticed: a second BOS, a second opening tag", async () => {
    const server = await start();
    await (
      await fetch(`${server.baseURL}/completions`, { method: "POST", body: JSON.stringify(wrong) })
    ).text();
    expect(server.violations.map(({ violation }) => violation)).toEqual([
      "double_bos",
      "second_think",
    ]);
  });

  it("is noticed: a thought closed before it begins, a request that is not streamed", async () => {
    const server = await start({ template: "qwen3" });
    await post(`${server.baseURL}/chat/completions`, {
      messages: [...MESSAGES, ASSISTANT],
      continue_final_message: true,
      add_generation_prompt: false,
    });
    expect(server.violations.map(({ violation }) => violation)).toEqual([
      "second_think",
      "closed_thought",
      "not_streamed",
    ]);
  });

  it("is refused where the test says so", async () => {
    const server = await start({ refuseViolations: true });
    const reply = await post(`${server.baseURL}/completions`, wrong);
    expect(reply.status).toBe(418);
  });
});

describe("chat templates, as rendered for a trailing assistant message (facts: templates.md)", () => {
  it.each([
    ["plain", "<think>\nOne step.\n\n"],
    ["qwen3", "<think>\n\n</think>\n\n<think>\nOne step.\n\n"],
    ["r1", "<think>\nOne step.\n\n"],
    ["trimming", "<think>\nOne step."],
  ] as const)("%s", async (template, expected) => {
    const server = await start({ template });
    const flags = { continue_final_message: true, add_generation_prompt: false };
    const messages = [...MESSAGES, ASSISTANT];
    const { body } = await post(`${server.url}/tokenize`, { messages, ...flags });
    const text = await post(`${server.url}/detokenize`, body);
    const prompt = (text.body as { prompt: string }).prompt;
    expect(prompt.split(/<\|im_start\|>assistant\n|<｜Assistant｜>/)[1]).toBe(expected);
  });
});

interface Choice {
  readonly text?: string;
  readonly finish_reason?: string | null;
}

/** The texts of a stream's chunks. */
async function streamedTexts(server: FakeVllm, fields: object): Promise<(string | undefined)[]> {
  const body = JSON.stringify({ prompt: "<think>\n", stream: true, ...fields });
  const response = await fetch(`${server.baseURL}/completions`, { method: "POST", body });
  const events = (await response.text()).split("\n\n").filter((event) => event !== "");
  expect(events.pop()).toBe("data: [DONE]");
  return events.map((event) => {
    const { choices } = JSON.parse(event.slice("data: ".length)) as { choices: Choice[] };
    return choices[0]?.text;
  });
}

describe("replies", () => {
  it("come whole where they are not streamed, in each endpoint's own shape", async () => {
    const server = await start();
    const text = await post(`${server.baseURL}/completions`, {
      prompt: "<think>\n",
      max_tokens: 2,
      logprobs: 2,
    });
    const top = { One: expect.any(Number), " other0": expect.any(Number) };
    expect(text.body).toMatchObject({
      choices: [
        {
          text: "One step.",
          finish_reason: "length",
          logprobs: {
            tokens: ["One", " step."],
            top_logprobs: [top, { " step.": expect.any(Number) }],
          },
        },
      ],
      usage: { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 },
    });
    const chat = await post(`${server.baseURL}/chat/completions`, {
      messages: MESSAGES,
      logprobs: true,
      top_logprobs: 1,
      max_tokens: 3,
    });
    expect(chat.body).toMatchObject({
      choices: [
        {
          message: { content: "<think>\nOne" },
          logprobs: { content: [{ token: "<think>" }, { token: "\n" }, { token: "One" }] },
        },
      ],
    });
  });

  it("leave a stop string out, with a lag, unless it is to be included", async () => {
    const server = await start();
    const stop = ["\n\n"];
    expect(await streamedTexts(server, { stop })).toEqual(["On", "e step", "."]);
    expect(await streamedTexts(server, { stop, include_stop_str_in_output: true })).toEqual([
      "One",
      " step.",
      "\n\n",
    ]);
  });

  it("default to 16 tokens in text completions", async () => {
    const steps = Array.from({ length: 30 }, () => ({ text: "a", entropy: 0 }));
    const server = await start({ model: scriptedThought({ steps, answer: "" }) });
    const reply = await post(`${server.baseURL}/completions`, { prompt: "<think>\n" });
    expect(reply.body).toMatchObject({
      choices: [{ finish_reason: "length" }],
      usage: { completion_tokens: 16 },
    });
  });
});
