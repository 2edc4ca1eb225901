import { afterEach, describe, expect, it } from "vitest";
import type { FakeSglang, FakeSglangOptions } from "./fake-sglang/fake-sglang-options.js";
import { startFakeSglang } from "./fake-sglang/start-fake-sglang.js";
import { scriptedThought } from "./script/scripted-model.js";

const CALL = '<tool_call>{"name": "look", "arguments": {"at": 1}}</tool_call>';
const TOOLS = [{ type: "function", function: { name: "look", parameters: {} } }];
const running: FakeSglang[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<FakeSglangOptions> = {}): Promise<FakeSglang> {
  const model = scriptedThought({ steps: [{ text: "One step.", entropy: 0.5 }], answer: CALL });
  const server = await startFakeSglang({ model, toolParser: true, ...options });
  running.push(server);
  return server;
}

interface Choice {
  readonly delta: {
    readonly content?: string | null;
    readonly reasoning_content: string | null;
    readonly tool_calls?: readonly { readonly function: Record<string, string | null> }[];
  };
  readonly finish_reason: string | null;
  readonly matched_stop?: string | number | null;
  readonly logprobs: { readonly content: readonly { readonly token: string }[] } | null;
}

interface Chunk {
  readonly choices: readonly Choice[];
  readonly usage?: { readonly completion_tokens: number } | null;
}

const CLOSED = "<|im_start|>assistant\n<think>\nOne step.\n</think>\n\n";

function post(server: FakeSglang, body: Record<string, unknown>): Promise<Response> {
  return fetch(`${server.baseURL}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ messages: [{ role: "user", content: "Hi" }], stream: true, ...body }),
  });
}

async function idsOf(server: FakeSglang, prompt: string): Promise<number[]> {
  const reply = await fetch(`${server.url}/tokenize`, {
    method: "POST",
    body: JSON.stringify({ prompt }),
  });
  return ((await reply.json()) as { tokens: number[] }).tokens;
}

async function chunksOf(reply: Response): Promise<readonly Chunk[]> {
  const events = (await reply.text()).split("\n\n").filter((event) => event !== "");
  expect(events.pop()).toBe("data: [DONE]");
  return events.map((event) => JSON.parse(event.slice("data: ".length)) as Chunk);
}

/** What the chunks say, field by field. */
function sorted(chunks: readonly Chunk[]) {
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const text = (field: "content" | "reasoning_content") =>
    choices.map(({ delta }) => delta[field] ?? "").join("");
  return {
    content: text("content"),
    reasoning: text("reasoning_content"),
    calls: choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    end: choices.at(-1),
  };
}

/** Asks behind a closed thought, as ids. */
async function ask(server: FakeSglang, body: Record<string, unknown>) {
  const input_ids = await idsOf(server, CLOSED);
  return sorted(await chunksOf(await post(server, { input_ids, max_tokens: 99, ...body })));
}

describe("SGLang's chat", () => {
  it("goes on from input_ids, whatever the messages say", async () => {
    const server = await start();
    const { content, end } = await ask(server, {});
    expect(content).toBe(CALL);
    expect(end).toMatchObject({ finish_reason: "stop", matched_stop: 2 });
    expect(server.to("/v1/chat/completions")[0]?.prompt).toMatch(/<\/think>\n\n$/);
  });

  it("parses calls where there are tools and a parser", async () => {
    const { content, calls, end } = await ask(await start(), { tools: TOOLS });
    expect(content).toBe("");
    expect(calls[0]?.function.name).toBe("look");
    const args = calls.map((call) => call.function.arguments ?? "").join("");
    expect(args).toBe('{"at": 1}');
    expect(end?.finish_reason).toBe("tool_calls");
  });

  it("leaves them in the text without a parser, and is not silent about it here", async () => {
    const server = await start({ toolParser: false });
    expect((await ask(server, { tools: TOOLS })).content).toBe(CALL);
    expect(server.violations).toEqual(["unparsed_tools"]);
  });

  it("a reasoning parser takes all of an answer for a thought, calls too", async () => {
    const server = await start({ reasoningParser: true });
    const hidden = await ask(server, { tools: TOOLS });
    expect(hidden).toMatchObject({ content: "", reasoning: CALL, calls: [] });
    const shown = await ask(server, { tools: TOOLS, separate_reasoning: false });
    expect(shown.reasoning).toBe("");
    expect(shown.calls[0]?.function.name).toBe("look");
  });

  it("its reasoning parser looks at a message that is gone on with, and at no other text", async () => {
    const server = await start({ reasoningParser: true });
    const thought = { role: "assistant", content: "<think>\nOne step.\n</think>\n\n" };
    const messages = [{ role: "user", content: "Hi" }, thought];
    const body = { messages, continue_final_message: true, tools: TOOLS };
    const { reasoning, calls } = sorted(await chunksOf(await post(server, body)));
    expect(reasoning).toBe("");
    expect(calls[0]?.function.name).toBe("look");
    expect(server.violations).toEqual([]);
    await ask(server, { tools: TOOLS });
    expect(server.violations).toEqual(["answer_as_thought"]);
  });

  it("a thought ends at its closing tag, split over chunks or not, and may come whole", async () => {
    const model = scriptedThought({
      steps: [{ text: "One step.", entropy: 0.5 }],
      answer: "Done.",
      split: (text) => [...text],
    });
    const server = await start({ model, reasoningParser: true });
    const streamed = await chunksOf(await post(server, {}));
    expect(sorted(streamed)).toMatchObject({ reasoning: "\nOne step.\n", content: "\n\nDone." });
    const whole = await chunksOf(await post(server, { stream_reasoning: false }));
    const pieces = (chunks: readonly Chunk[]) =>
      chunks.filter(({ choices }) => choices[0]?.delta.reasoning_content).length;
    expect(pieces(streamed)).toBeGreaterThan(5);
    expect(pieces(whole)).toBe(1);
  });

  it("a trailing message of the assistant's is put behind the generation prompt, or becomes the user's", async () => {
    const server = await start({ template: "r1" });
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: "One" },
    ];
    await post(server, { messages, continue_final_message: true });
    await post(server, { messages });
    const prompts = server.to("/v1/chat/completions").map(({ prompt }) => prompt ?? "");
    expect(prompts[0]?.endsWith("<｜User｜>Hi<｜Assistant｜><think>\nOne")).toBe(true);
    expect(prompts[1]?.endsWith("<｜User｜>One<｜Assistant｜><think>\n")).toBe(true);
  });

  it("says role, text and end in chunks of their own, with the nulls of its encoder", async () => {
    const server = await start({ toolParser: false });
    const input_ids = await idsOf(server, CLOSED);
    const [role, ...rest] = await chunksOf(await post(server, { input_ids, model: "any" }));
    expect(role).toMatchObject({
      model: "any",
      choices: [{ delta: { role: "assistant", content: "", reasoning_content: null } }],
    });
    expect(rest[0]?.choices[0]?.delta).toEqual({ content: "<", reasoning_content: null });
    expect(rest.at(-1)).not.toHaveProperty("usage");
    expect(rest.at(-1)?.choices).toEqual([
      {
        index: 0,
        delta: { reasoning_content: null },
        logprobs: null,
        finish_reason: "stop",
        matched_stop: 2,
      },
    ]);
  });

  it("counts on every chunk but the first and the last, and at the end, where asked to", async () => {
    const server = await start({ toolParser: false });
    const stream_options = { include_usage: true, continuous_usage_stats: true };
    const input_ids = await idsOf(server, CLOSED);
    const chunks = await chunksOf(await post(server, { input_ids, max_tokens: 3, stream_options }));
    const counts = chunks.map(({ usage }) => usage?.completion_tokens);
    expect(counts).toEqual([undefined, 1, 2, 3, undefined, 3]);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("length");
    expect(chunks.at(-1)?.choices).toEqual([]);
  });

  it("log-probabilities come with the text, or in a chunk of their own where the tool parser took it", async () => {
    const server = await start();
    const input_ids = await idsOf(server, CLOSED);
    const listed = async (body: object) => {
      const chunks = await chunksOf(
        await post(server, { input_ids, logprobs: true, top_logprobs: 2, ...body }),
      );
      return chunks.flatMap(({ choices }) => choices).filter(({ logprobs }) => logprobs !== null);
    };
    const beside = await listed({});
    expect(beside[0]?.delta.content).toBe("<");
    expect(beside[0]?.logprobs?.content).toMatchObject([
      { token: "<", top_logprobs: [{ token: "<" }, {}] },
    ]);
    const alone = await listed({ tools: TOOLS });
    expect(alone).toHaveLength(beside.length);
    expect(alone.map(({ delta }) => delta)).toEqual(alone.map(() => ({ reasoning_content: null })));
  });

  it.each([
    ["no messages", { messages: [], input_ids: [1] }, /Messages cannot be empty/],
    ["ids that are none", { input_ids: ["a"] }, /input_ids/],
    ["a call without tools", { tool_choice: "required" }, /Tools cannot be empty/],
    [
      "a tool that is none",
      { tools: TOOLS, tool_choice: { type: "function", function: { name: "x" } } },
      /Tool 'x' not found in tools list/,
    ],
    ["more tokens than its context has", { max_tokens: 5000 }, /supports at most 4096/],
    [
      "a response format without a schema",
      { response_format: { type: "json_schema" } },
      /schema_ is required/,
    ],
  ])("refuses %s, as it does elsewhere", async (_name, body, message) => {
    const reply = await post(await start(), body);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({
      object: "error",
      message: expect.stringMatching(message),
    });
  });

  it("fills the context where no limit is set", async () => {
    const server = await start({ contextLength: 40 });
    const input_ids = await idsOf(server, CLOSED);
    const { end } = sorted(await chunksOf(await post(server, { input_ids })));
    expect(end?.finish_reason).toBe("stop");
    const model = scriptedThought({
      steps: Array.from({ length: 40 }, () => ({ text: "a", entropy: 0 })),
      answer: "",
    });
    const full = await start({ contextLength: 40, model });
    expect(sorted(await chunksOf(await post(full, {}))).end?.finish_reason).toBe("length");
  });

  it.each([
    ["no-finish", null],
    ["finish-abort", "abort"],
  ] as const)("has the fault %s", async (fault, finish) => {
    const server = await start();
    server.fail(fault);
    const { end } = sorted(await chunksOf(await post(server, {})));
    expect(end?.finish_reason).toBe(finish);
  });

  it("an error in a stream is where the SDK looks for it", async () => {
    const server = await start();
    server.fail("error-in-stream");
    expect((await chunksOf(await post(server, {}))).at(-1)).toMatchObject({
      error: { object: "error", code: 500 },
    });
  });
});
