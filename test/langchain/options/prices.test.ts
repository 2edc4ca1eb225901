import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import { replyCost } from "../../../src/core/reply-cost.js";
import { glimpRouterGraph } from "../../../src/graph/index.js";
import {
  answerEntropy,
  GlimpRouterChatModel,
  GlimpRouterError,
  type Prices,
} from "../../../src/index.js";
import { recordOf } from "../record-of.js";
import { ScriptedChatModel, scriptedRouter } from "../scripted-pair.js";

const PRICES: Prices = {
  small: { input: 0.1, output: 0.4 },
  large: { input: 2, cachedInput: 0.5, output: 8 },
};

const QUESTION = "2+2?";

/** Custom events of a name. */
function listener(wanted: string) {
  const told: unknown[] = [];
  const handler = BaseCallbackHandler.fromMethods({
    handleCustomEvent: (name, data) => {
      if (name === wanted) told.push(data);
    },
  });
  handler.awaitHandlers = true;
  return { told, callbacks: [handler] };
}

describe("a reply's cost", () => {
  it("is both models' usage at their prices, in the record", async () => {
    const { router } = scriptedRouter({}, { prices: PRICES });
    const { cost, usage } = recordOf(await router.invoke(QUESTION));
    const { small, large } = usage;
    const read = small.input_tokens * 0.1 + large.input_tokens * 2;
    const written = small.output_tokens * 0.4 + large.output_tokens * 8;
    expect(small.output_tokens).toBeGreaterThan(0);
    expect(large.output_tokens).toBeGreaterThan(0);
    expect(cost).toBeCloseTo((read + written) / 1e6, 15);
  });

  it("has what was asked beside the thought in it, at the price of who was asked", async () => {
    const closeWhen = answerEntropy({ delta: 1e-9 });
    const { router } = scriptedRouter({}, { prices: PRICES, closeWhen });
    const { cost, usage } = recordOf(await router.invoke(QUESTION));
    const { watch, ...others } = usage;
    if (watch === undefined) throw new Error("Small was not asked.");
    expect(watch).toMatchObject({ role: "small", output_tokens: 2 });
    const asked = watch.input_tokens * 0.1 + watch.output_tokens * 0.4;
    expect(cost).toBeCloseTo(replyCost(others, PRICES) + asked / 1e6, 15);
  });

  it("is `null` without prices, and nobody is told of it", async () => {
    const { told, callbacks } = listener("glimprouter_cost");
    const message = await scriptedRouter().router.invoke(QUESTION, { callbacks });
    expect(recordOf(message).cost).toBeNull();
    expect(told).toEqual([]);
  });

  it("is told once, at the reply's end: by invoke and by stream", async () => {
    const { told, callbacks } = listener("glimprouter_cost");
    const { router } = scriptedRouter({}, { prices: PRICES });
    const { cost, usage } = recordOf(await router.invoke(QUESTION, { callbacks }));
    expect(told).toEqual([{ cost, usage }]);
    for await (const _chunk of await router.stream(QUESTION, { callbacks }));
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ cost });
  });

  it("is told in a graph's custom stream, and stands in its message", async () => {
    const pair = { small: new ScriptedChatModel(), large: new ScriptedChatModel() };
    const graph = glimpRouterGraph({ ...pair, prices: PRICES });
    const told: { type: string; cost?: number }[] = [];
    let record: ReturnType<typeof recordOf> | undefined;
    const given = { messages: [{ role: "user", content: QUESTION }] };
    for await (const [mode, item] of await graph.stream(given, {
      streamMode: ["custom", "values"],
    })) {
      if (mode === "custom") told.push(item as (typeof told)[number]);
      else {
        const last = item.messages.at(-1);
        if (last?.getType() === "ai") record = recordOf(last);
      }
    }
    const costs = told.filter(({ type }) => type === "glimprouter_cost");
    expect(record?.cost).toBeGreaterThan(0);
    expect(costs.map(({ cost }) => cost)).toEqual([record?.cost]);
  });

  it("of a reply that fails is what was spent until then", async () => {
    const small = new ScriptedChatModel();
    const large = new ScriptedChatModel({ failAt: 0 });
    const router = new GlimpRouterChatModel({ small, large, prices: PRICES });
    const error = await router.invoke(QUESTION).catch((reason: unknown) => reason);
    if (!GlimpRouterError.isInstance(error)) throw error;
    const { routing } = error;
    expect(routing?.cost).toBe(replyCost(routing?.usage as never, PRICES));
    expect(routing?.cost).toBeGreaterThan(0);
  });
});

describe("prices that are none are refused", () => {
  const model = new FakeListChatModel({ responses: [] });
  const make = (prices: unknown) => () =>
    new GlimpRouterChatModel({ small: model, large: model, prices: prices as Prices });

  it.each<[string, unknown]>([
    ["prices", 2],
    ["prices.large", { small: PRICES.small }],
    ["prices.small.input", { ...PRICES, small: { output: 1 } }],
    ["prices.small.input", { ...PRICES, small: { input: -1, output: 1 } }],
    ["prices.large.output", { ...PRICES, large: { input: 1, output: "8" } }],
    ["prices.large.output", { ...PRICES, large: { input: 1, output: Number.NaN } }],
    ["prices.large.output", { ...PRICES, large: { input: 1, output: Number.POSITIVE_INFINITY } }],
    ["prices.large.cachedInput", { ...PRICES, large: { input: 1, output: 8, cachedInput: null } }],
  ])("%s", (field, prices) => {
    expect(make(prices)).toThrow(
      new RegExp(`Option \`${field}\` of GlimpRouterChatModel cannot be .*a million tokens cost`),
    );
  });

  it.each<[string, unknown, string]>([
    ["prices.smal", { ...PRICES, smal: PRICES.small }, "small"],
    [
      "prices.large.cachedinput",
      { ...PRICES, large: { input: 1, output: 8, cachedinput: 1 } },
      "cachedInput",
    ],
  ])("%s: the nearest name is told", (field, prices, nearest) => {
    expect(make(prices)).toThrow(
      `Option \`${field}\` of GlimpRouterChatModel is not known. Did you mean \`${nearest}\`?`,
    );
  });

  it("cachedInput may be left out, or be `undefined`", () => {
    const large = { input: 1, output: 8, cachedInput: undefined };
    expect(make({ ...PRICES, large })).not.toThrow();
  });
});
