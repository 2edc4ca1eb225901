import { afterEach, describe, expect, it } from "vitest";
import type { FakeSglang, FakeSglangOptions } from "./fake-sglang/fake-sglang-options.js";
import { startFakeSglang } from "./fake-sglang/start-fake-sglang.js";
import { scriptedThought } from "./fake-vllm/scripted-model.js";

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
    readonly reasoning_content?: string;
    readonly tool_calls?: readonly { readonly function: Record<string, string> }[];
  };
  readonly finish_reason: string | null;
  readonly matched_stop?: string | number | null;
}

/** Asks behind a closed thought, as ids, and sorts what comes. */
async function ask(server: FakeSglang, body: Record<string, unknown>) {
  const prompt = "<|im_start|>assistant\n<think>\nOne step.\n</think>\n\n";
  const ids = await fetch(`${server.url}/tokenize`, {
    method: "POST",
    body: JSON.stringify({ prompt }),
  });
  const { tokens: input_ids } = (await ids.json()) as { tokens: number[] };
  const reply = await fetch(`${server.baseURL}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({
      messages: [{ role: "user", content: "Hi" }],
      input_ids,
      max_tokens: 99,
      stream: true,
      ...body,
    }),
  });
  const lines = (await reply.text()).split("\n").filter((line) => line.startsWith("data: {"));
  const choices = lines.flatMap(
    (line) => (JSON.parse(line.slice("data: ".length)) as { choices: Choice[] }).choices,
  );
  const text = (field: "content" | "reasoning_content") =>
    choices.map(({ delta }) => delta[field] ?? "").join("");
  return {
    content: text("content"),
    reasoning: text("reasoning_content"),
    calls: choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    end: choices.at(-1),
  };
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

  it("wants messages, though it does not read them", async () => {
    const { baseURL } = await start();
    const reply = await fetch(`${baseURL}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ messages: [], input_ids: [1], stream: true }),
    });
    expect(reply.status).toBe(400);
  });
});
