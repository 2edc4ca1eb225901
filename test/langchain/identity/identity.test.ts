import { InMemoryCache } from "@langchain/core/caches";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  above,
  always,
  answerEntropy,
  anyOf,
  closeMargin,
  entropyAbove,
  GlimpRouterChatModel,
  type GlimpRouterFields,
  span,
  stepStart,
} from "../../../src/index.js";
import { ScriptedChatModel, scriptedRouter } from "../scripted-pair.js";

const add = tool(() => "", {
  name: "add",
  description: "Adds.",
  schema: z.object({ a: z.number() }),
});
const sub = tool(() => "", {
  name: "sub",
  description: "Subtracts.",
  schema: z.object({ a: z.number() }),
});

function openai(model: string, baseURL = "http://127.0.0.1:1/v1"): ChatOpenAI {
  return new ChatOpenAI({ model, apiKey: "sk-secret", configuration: { baseURL } });
}

const small = openai("small");
const large = openai("large");

function keyOf(fields: Partial<GlimpRouterFields> = {}, options: object = {}): string {
  const router = new GlimpRouterChatModel({ small, large, ...fields });
  return router._getSerializedCacheKeyParametersForCall(options as never);
}

describe("the cache's key", () => {
  it("is the same for two routers that are the same", () => {
    expect(keyOf()).toBe(keyOf());
  });

  it.each<[string, string]>([
    ["the small model", keyOf({ small: openai("tiny") })],
    ["the large model", keyOf({ large: openai("huge") })],
    ["a model's server", keyOf({ large: openai("large", "http://127.0.0.1:2/v1") })],
    ["a model's own call options", keyOf({ large: large.withConfig({ stop: ["x"] }) as never })],
    ["the threshold", keyOf({ threshold: 1.5 })],
    ["a policy", keyOf({ policy: entropyAbove(1) })],
    ["early exit", keyOf({ closeWhen: closeMargin(1) })],
    ["another early exit", keyOf({ closeWhen: answerEntropy({ delta: 0.1 }) })],
    ["a verification", keyOf({ verify: { by: "self", threshold: 0.5 } })],
    ["the tags", keyOf({ thinking: { open: "<t>", close: "</t>" } })],
    ["a limit", keyOf({ maxThoughtTokens: 10 })],
    ["stop", keyOf({}, { stop: ["x"] })],
    ["a tool", keyOf({}, { tools: [add] })],
    ["another tool", keyOf({}, { tools: [sub] })],
    ["a tool choice", keyOf({}, { tools: [add], tool_choice: "any" })],
    ["a response format", keyOf({}, { response_format: { type: "json_object" } })],
    ["the output version", keyOf({}, { outputVersion: "v1" })],
  ])("tells apart %s", (_what, key) => {
    expect(key).not.toBe(keyOf());
  });

  it("tells two tools apart, and knows one in two forms", () => {
    const asOpenAI = (name: string, description: string) => ({
      type: "function",
      function: { name, description, parameters: z.toJSONSchema(z.object({ a: z.number() })) },
    });
    expect(keyOf({}, { tools: [add] })).not.toBe(keyOf({}, { tools: [sub] }));
    expect(keyOf({}, { tools: [asOpenAI("add", "Adds.")] })).toBe(keyOf({}, { tools: [add] }));
  });

  it("tells two judges of the same code apart, and knows one again", () => {
    const judge = (doubt: number) => () => doubt;
    const [one, other] = [judge(0), judge(1)];
    const key = (by: () => number) => keyOf({ verify: { by, threshold: 0.5 } });
    expect(key(one)).not.toBe(key(other));
    expect(key(one)).toBe(key(one));
  });

  it("tells two policies of the same code apart", () => {
    const policies = [entropyAbove(1), entropyAbove(2), always("small")];
    expect(new Set(policies.map((policy) => keyOf({ policy }))).size).toBe(3);
  });

  it("knows a point by its name, and tells apart those that a name does not hold", () => {
    const results = () => span({ after: "=", of: "number" });
    expect(keyOf({ glimpseAt: results() })).toBe(keyOf({ glimpseAt: results() }));
    expect(keyOf({}, { glimpseAt: results() })).toBe(keyOf({}, { glimpseAt: results() }));
    const ownPolicies = [0.2, 0.9].map((tau) => anyOf({ point: results(), policy: above(tau) }));
    const own = [1, 2].map(() => ({ ...results(), name: "mine" }));
    const points = [stepStart(), results(), ...ownPolicies, ...own];
    expect(new Set(points.map((glimpseAt) => keyOf({ glimpseAt }))).size).toBe(points.length);
    expect(new Set(points.map((glimpseAt) => keyOf({}, { glimpseAt }))).size).toBe(points.length);
  });

  it("tells apart two models that do not describe themselves", () => {
    const keys = [1, 2].map(() => keyOf({ small: new ScriptedChatModel() }));
    expect(keys[0]).not.toBe(keys[1]);
  });

  it("has no noise of the run in it", () => {
    const noise = {
      writer: () => {},
      interrupt: () => {},
      control: {},
      executionInfo: { id: 1 },
      signal: new AbortController().signal,
      promptIndex: 0,
      metadata: { user: 1 },
    };
    expect(keyOf({}, noise)).toBe(keyOf());
  });

  it("holds no API key", () => {
    expect(keyOf()).not.toContain("sk-secret");
  });
});

describe("cache", () => {
  it("asks no model for a prompt it has answered, and shares nothing between two routers", async () => {
    const cache = new InMemoryCache();
    const script = { small: { identity: { name: "s" } }, large: { identity: { name: "l" } } };
    const { router, small } = scriptedRouter(script, { cache });
    const first = await router.invoke("2+2?");
    const second = await router.invoke("2+2?");
    expect(second.text).toBe(first.text);
    expect(small.opened).toHaveLength(1);
    const other = scriptedRouter(script, { cache, threshold: 2.5 });
    await other.router.invoke("2+2?");
    expect(other.small.opened).toHaveLength(1);
  });
});

describe("profile", () => {
  const able = {
    maxInputTokens: 8000,
    toolCalling: true,
    structuredOutput: true,
    imageInputs: true,
  };

  it("has the smaller context, what both can read, and what the answering model can do", () => {
    const { router } = scriptedRouter({
      small: { profile: { maxInputTokens: 4000, imageInputs: false, toolCalling: false } },
      large: { profile: able },
    });
    expect(router.profile).toEqual({
      maxInputTokens: 4000,
      maxOutputTokens: 2048,
      reasoningOutput: true,
      imageInputs: false,
      toolCalling: true,
      structuredOutput: true,
    });
  });

  it("needs both models for what may be written by either", () => {
    const models = { small: { profile: { toolCalling: false } }, large: { profile: able } };
    expect(scriptedRouter(models, { thinking: false }).router.profile).toMatchObject({
      reasoningOutput: false,
      toolCalling: false,
    });
    expect(scriptedRouter(models, { answerBy: "small" }).router.profile.toolCalling).toBe(false);
  });

  it("says nothing of what nobody tells", () => {
    expect(scriptedRouter().router.profile).toEqual({
      maxOutputTokens: 2048,
      reasoningOutput: true,
    });
  });
});

describe("what traces are told", () => {
  it("has LangSmith's standard fields, all of them", () => {
    const { router } = scriptedRouter({ large: { temperature: 0.6 } });
    expect(router.getLsParams({ stop: ["x"] } as never)).toEqual({
      ls_provider: "glimprouter",
      ls_model_name: "glimprouter",
      ls_model_type: "chat",
      ls_temperature: 0.6,
      ls_max_tokens: 2048,
      ls_stop: ["x"],
    });
    expect(Object.keys(router.getLsParams({} as never))).toHaveLength(6);
  });

  it("describes the call in plain JSON, tools in OpenAI's format", () => {
    const { router } = scriptedRouter({}, { policy: entropyAbove(1) });
    const params = router.invocationParams({
      stop: ["x"],
      tools: [add],
      tool_choice: "any",
    } as never);
    expect(params).toMatchObject({
      model: "glimprouter",
      policy: "a function",
      stop: ["x"],
      tool_choice: "required",
      tools: [{ type: "function", function: { name: "add" } }],
    });
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
  });
});
