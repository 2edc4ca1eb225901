import { HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { type AgentMiddleware, createAgent, summarizationMiddleware } from "langchain";
import { afterEach, describe, expect, it, vi } from "vitest";
import { GlimpRouterChatModel, type StepWriter } from "../../../src/index.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";
import { useEmbeddedPair } from "../embedded-router.js";

const { pair, router } = useEmbeddedPair();

/** A network that notices whoever comes to it. */
function noNetwork() {
  const fetched = vi.fn(() => Promise.reject(new Error("There is no network.")));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe("L8: getNumTokens", () => {
  it("L8: a local model counts with its own tokenizer", async () => {
    const fetched = noNetwork();
    const { small } = pair();
    const tokens = await small.getNumTokens("59, +10, %6");
    // A token is a character there.
    expect(tokens).toBe(11);
    expect(await small.getNumTokens([{ type: "text", text: "59, +10, %6" }])).toBe(tokens);
    expect(await small.getNumTokens("")).toBe(0);
    expect(await router().getNumTokens("59, +10, %6")).toBe(tokens);
    expect(fetched).not.toHaveBeenCalled();
  });

  it.each([
    ["", 0],
    ["x", 1],
    ["A text of twenty-five byte", 7],
    ["你好世界", 3],
  ])("L8: else the router estimates, and asks nobody: %j", async (text, tokens) => {
    const fetched = noNetwork();
    const model = chatOpenAI({ baseURL: "http://127.0.0.1:9/v1" });
    const other = new GlimpRouterChatModel({ small: model, large: model });
    expect(await other.getNumTokens(text)).toBe(tokens);
    expect(fetched).not.toHaveBeenCalled();
  });

  it("L8: the more of both models', also by a writer of the user's own", async () => {
    const model = new FakeListChatModel({ responses: [] });
    const counting = (perCharacter: number): StepWriter => ({
      kind: "counting",
      countTokens: (text) => text.length * perCharacter,
      open: () => Promise.reject(new Error("not asked")),
      write: async function* () {},
    });
    const other = new GlimpRouterChatModel({
      small: model,
      large: model,
      continuation: { small: counting(2), large: counting(1) },
    });
    expect(await other.getNumTokens("four")).toBe(8);
  });
});

describe("L10: the profile's context size", () => {
  it("L10: is known once a server has told it, to every router over the models", async () => {
    const [small, large] = await Promise.all([
      fakeVllm({ maxModelLen: 4000 }),
      fakeVllm({ maxModelLen: 3000 }),
    ]);
    const models = { small: chatOpenAI(small), large: chatOpenAI(large) };
    const asked = new GlimpRouterChatModel(models);
    expect(asked.profile.maxInputTokens).toBeUndefined();
    await asked.invoke("2+2?");
    expect(asked.profile.maxInputTokens).toBe(3000);
    expect(new GlimpRouterChatModel(models).profile.maxInputTokens).toBe(3000);
    const told = new GlimpRouterChatModel({ ...models, contextSize: { large: 2000 } });
    expect(told.profile.maxInputTokens).toBe(2000);
  });

  it("L10: summarizationMiddleware by fraction works then", async () => {
    const server = await fakeVllm({ maxModelLen: 4000 });
    const model = chatOpenAI(server);
    const asked = new GlimpRouterChatModel({ small: model, large: model });
    // Its own type allows no `exactOptionalPropertyTypes`, in its options and in its result.
    const summarize = (summarizationMiddleware as (options: object) => unknown)({
      model: asked,
      trigger: { fraction: 0.002 },
      keep: { messages: 1 },
    }) as AgentMiddleware;
    const agent = createAgent({ model: asked, middleware: [summarize] });
    const messages = Array.from({ length: 4 }, () => new HumanMessage("How many are 2 and 2?"));
    await expect(agent.invoke({ messages })).rejects.toThrow("Model profile information");
    await asked.invoke("2+2?");
    const state = await agent.invoke({ messages });
    expect(state.messages[0]?.text).toContain("Here is a summary");
  });
});
