import { expect, it } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { scriptedRouter } from "../langchain/scripted-pair.js";
import { toolPair } from "../langchain/tools/tool-pair.js";
import { llamacppPair } from "../writers/llamacpp/llamacpp-setup.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";
import { chunksOf, served } from "./served.js";

type Usage = Readonly<Record<string, number>>;

/** `prompt_tokens` of a reply, whole and streamed: they are the same. */
async function promptOf(router: GlimpRouterChatModel, body: object): Promise<number | undefined> {
  const { ask } = served(router);
  const whole = (await (await ask({ ...body })).json()) as { usage: Usage };
  const options = { stream: true, stream_options: { include_usage: true } };
  const streamed = (await chunksOf(await ask({ ...body, ...options }))).at(-1)?.usage as Usage;
  expect(streamed).toEqual(whole.usage);
  expect(whole.usage.total_tokens).toBe(
    (whole.usage.prompt_tokens ?? 0) + (whole.usage.completion_tokens ?? 0),
  );
  return whole.usage.prompt_tokens;
}

const LONG = {
  messages: [
    { role: "system", content: "You count. Be brief, and never guess." },
    { role: "user", content: "2+2?" },
    { role: "assistant", content: "4", reasoning_content: "Easy." },
    { role: "user", content: "And what is twice as much as that, my friend?" },
  ],
};

async function vllmPair(template: "plain" | "qwen3" | "r1", fields: Partial<GlimpRouterFields>) {
  const [small, large] = [await fakeVllm({ template }), await fakeVllm({ template })];
  return new GlimpRouterChatModel({
    small: chatOpenAI(small),
    large: chatOpenAI(large),
    ...fields,
  });
}

it.each([
  ["plain", {}],
  ["qwen3", {}],
  ["r1", {}],
  ["plain", { threshold: 0.1 }],
  ["plain", { answerBy: "small" as const }],
] as const)(
  "prompt_tokens is what the prompt is to the model that answers, once, as its server says it (vLLM, %s, %j)",
  async (template, fields) => {
    const router = await vllmPair(template, fields);
    const alone = await promptOf(router, { ...LONG, model: "glimprouter/large" });
    expect(alone).toBeGreaterThan(20);
    expect(await promptOf(router, LONG)).toBe(alone);
  },
);

it("likewise of llama.cpp's server, where the router counts the text that it was given", async () => {
  const router = (await llamacppPair()).router();
  const alone = await promptOf(router, { ...LONG, model: "glimprouter/large" });
  expect(alone).toBeGreaterThan(20);
  expect(await promptOf(router, LONG)).toBe(alone);
});

it("likewise with tools, which the template writes into the prompt", async () => {
  const router = (await toolPair()).router();
  const parameters = { type: "object", properties: { city: { type: "string" } } };
  const tools = [{ type: "function", function: { name: "weather", parameters } }];
  const messages = [{ role: "user", content: "Weather in Oslo?" }];
  const alone = await promptOf(router, { messages, tools, model: "glimprouter/large" });
  expect(await promptOf(router, { messages, tools })).toBe(alone);
  expect(await promptOf(router, { messages })).toBeLessThan(alone ?? 0);
});

it("a model that tells nothing of its prompt leaves it to the other one", async () => {
  const { router } = scriptedRouter({ large: { promptTokens: null } });
  expect(await promptOf(router, {})).toBe(10);
});

it("where nobody tells, it is what a request has read on average", async () => {
  const silent = { promptTokens: null };
  const { router } = scriptedRouter({ small: silent, large: silent });
  const read = await promptOf(router, {});
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(30);
});
