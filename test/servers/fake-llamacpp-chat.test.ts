import { afterEach, describe, expect, it } from "vitest";
import type { FakeLlamacpp, FakeLlamacppOptions } from "./fake-llamacpp/fake-llamacpp-options.js";
import { startFakeLlamacpp } from "./fake-llamacpp/start-fake-llamacpp.js";
import { scriptedThought } from "./script/scripted-model.js";

/** As llama-server v0.5.0 was seen to answer chats, with templates that have think tags and without. */
const CALL = '<tool_call>{"name": "look", "arguments": {"at": 1}}</tool_call>';
const TOOLS = [{ type: "function", function: { name: "look", parameters: {} } }];
const MESSAGES = [{ role: "user", content: "Hi" }];
const THOUGHT = { role: "assistant", content: "", reasoning_content: "R" };
const ANSWERS = { continue_final_message: "content", add_generation_prompt: false };
const running: FakeLlamacpp[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(options: Partial<FakeLlamacppOptions> = {}): Promise<FakeLlamacpp> {
  const model = scriptedThought({ steps: [{ text: "One step.", entropy: 0.5 }], answer: CALL });
  const server = await startFakeLlamacpp({ model, template: "qwen3", ...options });
  running.push(server);
  return server;
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: "POST", body: JSON.stringify({ messages: MESSAGES, ...body }) });
}

interface Chunk {
  readonly choices: readonly { readonly delta: object; readonly finish_reason: string | null }[];
  readonly usage?: object;
  readonly timings?: object;
}

async function stream(server: FakeLlamacpp, body: object): Promise<readonly Chunk[]> {
  const reply = await post(`${server.baseURL}/chat/completions`, { ...body, stream: true });
  const events = (await reply.text()).split("\n\n").filter((event) => event !== "");
  expect(events.pop()).toBe("data: [DONE]");
  return events.map((event) => JSON.parse(event.slice("data: ".length)) as Chunk);
}

const BEHIND = { messages: [...MESSAGES, THOUGHT], ...ANSWERS };

describe("a chat that goes on", () => {
  it.each([
    ["plain", THOUGHT, "content", ""],
    ["qwen3", THOUGHT, "content", "<think>\nR\n</think>\n\n"],
    ["r1", THOUGHT, "content", "<think>R</think>"],
    ["qwen3", THOUGHT, true, "<think>\nR"],
    ["qwen3", THOUGHT, "nonsense", "<think>\nR"],
    ["qwen3", { ...THOUGHT, content: "An" }, true, "<think>\nR\n</think>\n\nAn"],
  ] as const)(
    "template %s, %o and the flag %s: behind %j",
    async (template, last, continue_final_message, tail) => {
      const server = await start({ template });
      const reply = await post(`${server.url}/apply-template`, {
        messages: [...MESSAGES, last],
        continue_final_message,
        add_generation_prompt: false,
      });
      const { prompt } = (await reply.json()) as { prompt: string };
      expect(prompt.split(/<\|im_start\|>assistant\n|<｜Assistant｜>/)[1]).toBe(tail);
    },
  );

  it("has no header where the message is empty, which is noticed", async () => {
    const server = await start();
    const empty = { role: "assistant", content: "" };
    await stream(server, { ...BEHIND, messages: [...MESSAGES, empty] });
    expect(server.to("/v1/chat/completions")[0]?.prompt).toBe("<|im_start|>user\nHi<|im_end|>\n");
    expect(server.violations).toEqual(["no_header"]);
  });
});

describe("a chat with tools", () => {
  it("tells calls in deltas: the name first, then slices of the arguments, and an empty end", async () => {
    const chunks = await stream(await start(), { ...BEHIND, tools: TOOLS });
    const choices = chunks.map(({ choices: [choice] }) => choice);
    expect(choices[0]?.delta).toEqual({ role: "assistant", content: null });
    const named = {
      index: 0,
      id: expect.stringMatching(/^\w{8}$/),
      type: "function",
      function: { name: "look" },
    };
    expect(choices[1]?.delta).toEqual({ tool_calls: [named] });
    expect(choices[2]?.delta).toEqual({
      tool_calls: [{ index: 0, function: { arguments: '{"at":' } }],
    });
    expect(choices.at(-1)).toMatchObject({ delta: {}, finish_reason: "tool_calls" });
  });

  it.each([
    ["the choice is none", {}, { tools: TOOLS, tool_choice: "none" }, []],
    ["there are none", {}, { tools: [], logprobs: true }, []],
    ["the template knows none", { knowsTools: false }, { tools: TOOLS }, ["unparsed_tools"]],
  ] as const)("leaves calls in the text where %s", async (_name, options, body, violations) => {
    const server = await start(options);
    const chunks = await stream(server, { ...BEHIND, ...body });
    const text = chunks
      .map(({ choices: [choice] }) => Object(choice?.delta).content ?? "")
      .join("");
    expect(text).toBe(CALL);
    expect(server.violations).toEqual(violations);
  });

  it("says in /props whether the template knows them", async () => {
    const server = await start({ knowsTools: false });
    expect(await (await fetch(`${server.url}/props`)).json()).toMatchObject({
      chat_template_caps: { supports_tools: false, supports_tool_calls: false },
    });
  });

  it("refuses log-probabilities beside them, also where none is to be called", async () => {
    const server = await start();
    const reply = await post(`${server.baseURL}/chat/completions`, {
      tools: TOOLS,
      tool_choice: "none",
      logprobs: true,
      stream: true,
    });
    expect(reply.status).toBe(400);
  });

  it("refuses a tool without a type, as an error of its own", async () => {
    const reply = await post(`${(await start()).baseURL}/chat/completions`, { tools: [{}] });
    expect(reply.status).toBe(500);
    expect(await reply.json()).toMatchObject({
      error: { type: "server_error", message: expect.stringMatching(/Missing tool type/) },
    });
  });
});

it("a chat's stream tells usage in a chunk of its own, and only where asked to", async () => {
  const server = await start();
  const without = await stream(server, BEHIND);
  expect(without.filter(({ usage }) => usage !== undefined)).toEqual([]);
  expect(without.at(-1)).toHaveProperty("timings");
  const asked = await stream(server, { ...BEHIND, stream_options: { include_usage: true } });
  expect(asked.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) } });
  expect(asked.at(-2)?.choices[0]?.finish_reason).toBe("stop");
  expect(asked.at(-2)).not.toHaveProperty("timings");
});
