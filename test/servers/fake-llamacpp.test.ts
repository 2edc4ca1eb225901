import { afterEach, describe, expect, it } from "vitest";
import type { FakeLlamacpp, FakeLlamacppOptions } from "./fake-llamacpp/fake-llamacpp-options.js";
import { startFakeLlamacpp } from "./fake-llamacpp/start-fake-llamacpp.js";
import { scriptedThought } from "./script/scripted-model.js";

/** The fake must do what llama-server v0.5.0 was seen to do, or tests against it prove nothing. */
const running: FakeLlamacpp[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<FakeLlamacppOptions> = {}): Promise<FakeLlamacpp> {
  const model = scriptedThought({
    steps: [
      { text: "One step.", entropy: 0.5 },
      { text: "Two.", entropy: 2 },
    ],
    answer: "Done.",
    specialTags: true,
  });
  const server = await startFakeLlamacpp({ model, ...options });
  running.push(server);
  return server;
}

async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url, { method: "POST", body: text });
  return { status: response.status, body: await response.json() };
}

interface Chunk {
  readonly choices: readonly {
    readonly text?: string;
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string };
    readonly finish_reason: string | null;
    readonly logprobs?: { readonly content: readonly { readonly token: string }[] } | null;
  }[];
  readonly usage?: { readonly prompt_tokens_details: { readonly cached_tokens: number } };
  readonly __verbose?: {
    readonly stop_type?: string;
    readonly stopping_word?: string;
    readonly tokens?: readonly number[];
  };
}

/** The chunks of a stream, without its `[DONE]`. */
async function stream(url: string, body: object): Promise<readonly Chunk[]> {
  const text = await (
    await fetch(url, { method: "POST", body: JSON.stringify({ ...body, stream: true }) })
  ).text();
  const events = text.split("\n\n").filter((event) => event !== "");
  expect(events.pop()).toBe("data: [DONE]");
  return events.map((event) => JSON.parse(event.slice("data: ".length)) as Chunk);
}

const MESSAGES = [{ role: "user", content: "Hi" }];
const THOUGHT = "<think>\nOne step.\n\n";
const ASSISTANT = { role: "assistant", content: THOUGHT };
const FLAGS = { continue_final_message: true, add_generation_prompt: false };

describe("what llama-server refuses", () => {
  it.each([
    [
      "a prompt beyond the context",
      { prompt: "a b c d e f g h i j" },
      400,
      /exceeds the available/,
    ],
    ["no prompt", {}, 400, /"prompt" is missing/],
    ["two replies", { prompt: "a", n: 2 }, 400, /Field 'n': Value must be between/],
    ["what is no JSON", "{", 500, /json\.exception\.parse_error/],
  ])("in text completions: %s", async (_name, body, status, message) => {
    const server = await start({ contextSize: 9 });
    const reply = await post(`${server.baseURL}/completions`, body);
    expect(reply).toEqual({
      status,
      body: {
        error: expect.objectContaining({ message: expect.stringMatching(message), code: status }),
      },
    });
  });

  it.each([
    [
      "the flag alone",
      { messages: [...MESSAGES, ASSISTANT], continue_final_message: true },
      /Cannot set both/,
    ],
    [
      "two assistant messages",
      { messages: [...MESSAGES, ASSISTANT, ASSISTANT] },
      /2 or more assistant/,
    ],
    ["top_logprobs alone", { messages: MESSAGES, top_logprobs: 5 }, /requires logprobs/],
    [
      "tools with logprobs in a stream",
      { messages: MESSAGES, tools: [{}], logprobs: true, stream: true },
      /not supported with tools/,
    ],
    ["no messages", {}, /'messages' is required/],
    [
      "a choice of tools that is none",
      { messages: MESSAGES, tool_choice: "sometimes" },
      /Invalid tool_choice: sometimes/,
    ],
    [
      "a response format behind a thought in the content, without think tags",
      { messages: [...MESSAGES, ASSISTANT], ...FLAGS, response_format: { type: "json_object" } },
      /Failed to initialize samplers/,
    ],
  ])("in chat completions: %s", async (_name, body, message) => {
    const server = await start();
    const reply = await post(`${server.baseURL}/chat/completions`, body);
    expect(reply).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(message), type: "invalid_request_error" } },
    });
  });

  it("guards every path but /health by a key, and knows no paths but its own", async () => {
    const server = await start({ apiKey: "k" });
    expect(await post(`${server.url}/apply-template`, { messages: MESSAGES })).toEqual({
      status: 401,
      body: { error: { code: 401, message: "Invalid API Key", type: "authentication_error" } },
    });
    expect((await fetch(`${server.url}/props`)).status).toBe(401);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const open = await start();
    expect(await (await fetch(`${open.url}/version`)).json()).toEqual({
      error: { code: 404, message: "File Not Found", type: "not_found_error" },
    });
  });
});

describe("what llama-server takes and gets wrong", () => {
  it.each([
    ["plain", THOUGHT],
    ["trimming", THOUGHT],
    ["qwen3", `<think>\n\n</think>\n\n${THOUGHT}`],
    ["r1", `<think></think>${THOUGHT}`],
  ] as const)("a trailing assistant message under the template %s", async (template, tail) => {
    const server = await start({ template });
    const { body } = await post(`${server.url}/apply-template`, {
      messages: [...MESSAGES, ASSISTANT],
    });
    const { prompt } = body as { prompt: string };
    expect(prompt.split(/<\|im_start\|>assistant\n|<｜Assistant｜>/)[1]).toBe(tail);
  });

  it("is noticed: another model, a second BOS, a thought closed or opened twice, a plain request", async () => {
    const server = await start({ template: "qwen3" });
    await post(`${server.baseURL}/chat/completions`, {
      model: "gpt-4",
      messages: [...MESSAGES, ASSISTANT],
    });
    expect(server.violations).toEqual([
      "second_think",
      "closed_thought",
      "not_streamed",
      "other_model",
    ]);
    const plain = await start();
    await stream(`${plain.baseURL}/completions`, { prompt: "<s>a" });
    expect(plain.violations).toEqual(["double_bos"]);
    await stream(`${plain.baseURL}/chat/completions`, { messages: MESSAGES, ...FLAGS });
    expect(plain.violations).toEqual(["double_bos", "user_continued"]);
  });

  it("is refused where the test says so", async () => {
    const server = await start({ refuseViolations: true });
    expect((await post(`${server.baseURL}/completions`, { prompt: "a" })).status).toBe(418);
  });

  it("the prefill is echoed: in front of the first token without flags, and always in a whole reply", async () => {
    const server = await start();
    const messages = [...MESSAGES, ASSISTANT];
    const textOf = (chunks: readonly Chunk[]) =>
      chunks.map(({ choices }) => choices[0]?.delta?.content ?? "").join("");
    const url = `${server.baseURL}/chat/completions`;
    const body = { messages, reasoning_format: "none", max_tokens: 1 };
    expect(textOf(await stream(url, body))).toBe(`${THOUGHT}Two.`);
    expect(textOf(await stream(url, { ...body, ...FLAGS }))).toBe("Two.");
    const whole = await post(url, { ...body, ...FLAGS });
    expect(whole.body).toMatchObject({ choices: [{ message: { content: `${THOUGHT}Two.` } }] });
  });

  it("the parser shows a thought in a field of its own, and never its closing tag", async () => {
    const server = await start({ template: "r1" });
    const chunks = await stream(`${server.baseURL}/chat/completions`, { messages: MESSAGES });
    const field = (name: "content" | "reasoning_content") =>
      chunks.map(({ choices }) => choices[0]?.delta?.[name] ?? "").join("");
    expect(field("reasoning_content").trim()).toBe("One step.\n\nTwo.");
    expect(field("content").trim()).toBe("Done.");
  });
});

describe("streams of text completions", () => {
  const textsOf = (chunks: readonly Chunk[]) => chunks.map(({ choices }) => choices[0]?.text);

  it("hold back what may begin a stop string, under the next token's name, and leave it out", async () => {
    const server = await start();
    const chunks = await stream(`${server.baseURL}/completions`, {
      prompt: "<think>\n",
      stop: ["p.\n\nTwo"],
      logprobs: 1,
      verbose: true,
    });
    expect(textsOf(chunks)).toEqual(["One", "", "", " ste", ""]);
    expect(chunks.at(-1)?.__verbose).toMatchObject({
      stop_type: "word",
      stopping_word: "p.\n\nTwo",
    });
    const held = await stream(`${server.baseURL}/completions`, {
      prompt: "<think>\n",
      stop: ["\n\nThree"],
      logprobs: 1,
      max_tokens: 4,
    });
    expect(textsOf(held)).toEqual(["One", " step.", "", "\n\nTwo.", ""]);
    expect(held[3]?.choices[0]?.logprobs?.content).toMatchObject([{ token: "\n\nTwo." }]);
    expect(held.at(-1)?.choices[0]?.finish_reason).toBe("length");
  });

  it("lose what is held back at a limit, and name its token where asked to be verbose", async () => {
    const server = await start();
    const chunks = await stream(`${server.baseURL}/completions`, {
      prompt: "<think>\n",
      stop: ["\n\nThree"],
      max_tokens: 3,
      verbose: true,
    });
    expect(textsOf(chunks)).toEqual(["One", " step.", "", ""]);
    const { tokens } = chunks[2]?.__verbose ?? {};
    const told = await post(`${server.url}/detokenize`, { tokens });
    expect(told.body).toEqual({ content: "\n\n" });
  });

  it("list EOS without a text, and tell it from a stop string only when asked to be verbose", async () => {
    const server = await start();
    const body = { prompt: "<think>\nx\n</think>\n\n", logprobs: 3 };
    const chunks = await stream(`${server.baseURL}/completions`, body);
    expect(textsOf(chunks)).toEqual(["Done.", "", ""]);
    expect(chunks[1]?.choices[0]?.logprobs?.content).toMatchObject([
      { token: "", top_logprobs: [{ token: "", bytes: [] }, {}, {}] },
    ]);
    expect(chunks[2]).not.toHaveProperty("__verbose");
    const said = await stream(`${server.baseURL}/completions`, { ...body, verbose: true });
    expect(said.at(-1)?.__verbose).toMatchObject({ stop_type: "eos", stopping_word: "" });
  });

  it("show control tokens only where they are to be preserved", async () => {
    const server = await start();
    const url = `${server.baseURL}/completions`;
    const hidden = await stream(url, { prompt: "<think>\n" });
    expect(textsOf(hidden).join("")).toBe("One step.\n\nTwo.\n\n\nDone.");
    const shown = await stream(url, { prompt: "<think>\n", preserved_tokens: ["</think>"] });
    expect(textsOf(shown).join("")).toBe("One step.\n\nTwo.\n</think>\n\nDone.");
  });

  it("tell what of the prompt was computed before", async () => {
    const server = await start();
    const cached = async (prompt: string) => {
      const chunks = await stream(`${server.baseURL}/completions`, { prompt, max_tokens: 2 });
      return chunks.at(-1)?.usage?.prompt_tokens_details.cached_tokens;
    };
    const prompt = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n";
    expect(await cached(prompt)).toBe(0);
    expect(await cached(`${prompt}One step.\n\n`)).toBeGreaterThan(8);
  });

  it("end their connection, whatever their headers say", async () => {
    const server = await start();
    for (let request = 0; request < 3; request++) {
      await stream(`${server.baseURL}/completions`, { prompt: "a" });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(server.sockets).toBe(3);
  });
});

describe("what the server tells of itself", () => {
  it("in /props, /slots and /metrics", async () => {
    const server = await start({ contextSize: 512, tokenDelayMs: 20 });
    const read = async (path: string) => (await fetch(server.url + path)).text();
    expect(JSON.parse(await read("/props"))).toMatchObject({
      default_generation_settings: { n_ctx: 512 },
      bos_token: "<s>",
    });
    expect(JSON.parse(await read("/slots"))).toMatchObject([{ is_processing: false }]);
    const writing = stream(`${server.baseURL}/completions`, { prompt: "<think>\n" });
    while (server.to("/v1/completions").length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(JSON.parse(await read("/slots"))).toMatchObject([{ is_processing: true }]);
    expect(await read("/metrics")).toContain("llamacpp:requests_processing 1\n");
    await writing;
    expect(await read("/metrics")).toContain("llamacpp:requests_processing 0\n");
  });
});
