import type { AIMessageChunk, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import { concat } from "@langchain/core/utils/stream";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../../src/graph/index.js";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import { recordOf } from "../record-of.js";
import { SCRIPT, ScriptedChatModel, scriptedRouter } from "../scripted-pair.js";

const QUESTION = "2+2?";
const PRICES = { small: { input: 1, output: 4 }, large: { input: 10, output: 40 } };

type Replied = AIMessageChunk | BaseMessage;

/** The same reply in three ways. */
const WAYS: Readonly<Record<string, (fields: Partial<GlimpRouterFields>) => Promise<Replied>>> = {
  invoke: (fields) => scriptedRouter({}, fields).router.invoke(QUESTION),
  stream: async (fields) => {
    const chunks: AIMessageChunk[] = [];
    const { router } = scriptedRouter({}, fields);
    for await (const chunk of await router.stream(QUESTION)) chunks.push(chunk as AIMessageChunk);
    return chunks.reduce((left, right) => concat(left, right));
  },
  "a graph": async (fields) => {
    const pair = { small: new ScriptedChatModel(), large: new ScriptedChatModel() };
    const graph = glimpRouterGraph({ ...pair, ...fields });
    const { messages } = await graph.invoke({ messages: [{ role: "user", content: QUESTION }] });
    const last = messages.at(-1);
    if (last === undefined) throw new Error("no message");
    return last;
  },
};

function totalOf(message: Replied): number {
  const { usage_metadata } = message as { usage_metadata?: UsageMetadata };
  return usage_metadata?.total_tokens ?? Number.NaN;
}

const routes = (message: Replied) => recordOf(message).steps.map(({ route }) => route);

describe.each(Object.entries(WAYS))("limits of what a reply may cost: %s", (_way, reply) => {
  it("maxTotalTokens closes the thought in time, and the answer is given", async () => {
    const message = await reply({ maxTotalTokens: 90 });
    expect(recordOf(message).stopReason).toBe("tokens");
    // The hard step would have been large's: its turn, and the answer's, do not fit together.
    expect(routes(message)).toEqual(["small"]);
    expect(message.text).toBe(SCRIPT.answer);
    expect(totalOf(message)).toBeLessThanOrEqual(90);
  });

  it("maxCost likewise", async () => {
    const message = await reply({ maxCost: 0.0007, prices: PRICES });
    const { stopReason, cost } = recordOf(message);
    expect(stopReason).toBe("cost");
    expect(routes(message)).toEqual(["small"]);
    expect(message.text).toBe(SCRIPT.answer);
    expect(cost).toBeGreaterThan(0);
    expect(cost).toBeLessThanOrEqual(0.0007);
  });

  it.each([50, 60, 75, 100, 120, 150, 200, 300])("%i tokens are enough", async (maxTotalTokens) => {
    const message = await reply({ maxTotalTokens });
    expect(message.text).not.toBe("");
    expect(totalOf(message)).toBeLessThanOrEqual(maxTotalTokens);
  });

  it("limits that do not strike change nothing", async () => {
    const limits = { maxTotalTokens: 100_000, maxCost: 100, prices: PRICES };
    const [limited, free] = [await reply(limits), await reply({})];
    expect(limited.text).toBe(free.text);
    expect(recordOf(limited)).toMatchObject({
      stopReason: "closed",
      requests: recordOf(free).requests,
    });
  });

  it("one that leaves no room for an answer is an error, and nothing is asked", async () => {
    await expect(reply({ maxTotalTokens: 30 })).rejects.toMatchObject({
      reason: "invalid_option",
      status: 400,
      message: expect.stringContaining("`maxTotalTokens` is 30"),
    });
  });
});

describe("a limit that strikes in large's step", () => {
  it("ends it as `length` would", async () => {
    const message = await WAYS.invoke?.({ maxTotalTokens: 100 });
    if (message === undefined) throw new Error("no reply");
    expect(recordOf(message).steps).toMatchObject([
      { route: "small", end: "boundary" },
      { route: "large", end: "length", tokens: 3 },
    ]);
    expect(recordOf(message).stopReason).toBe("tokens");
  });
});

describe("limits that are none are refused", () => {
  const model = new FakeListChatModel({ responses: [] });

  it.each<[string, object]>([
    ["maxTotalTokens", { maxTotalTokens: 0 }],
    ["maxTotalTokens", { maxTotalTokens: 1.5 }],
    ["maxTotalTokens", { maxTotalTokens: "100" }],
    ["maxCost", { maxCost: 0, prices: PRICES }],
    ["maxCost", { maxCost: -1, prices: PRICES }],
    ["maxCost", { maxCost: Number.NaN, prices: PRICES }],
    // Money without prices.
    ["maxCost", { maxCost: 1 }],
  ])("%s: %j", (field, fields) => {
    const make = () => new GlimpRouterChatModel({ small: model, large: model, ...fields });
    expect(make).toThrow(new RegExp(`Option \`${field}\` of GlimpRouterChatModel cannot be `));
  });
});
