import { type AIMessage, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import type { GlimpRouterFields } from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";

describe("warm in a graph", () => {
  const replyOf = async (warm: GlimpRouterFields["warm"]) => {
    const [small, large] = [await fakeVllm({ tokenDelayMs: 1 }), await fakeVllm()];
    const pair = {
      small: chatOpenAI(small),
      large: chatOpenAI(large),
      continuation: "vllm",
    } as const;
    const graph = glimpRouterGraph({ ...pair, warm });
    const state = await graph.invoke({ messages: [new HumanMessage("2+2?")] });
    const message = state.messages.at(-1) as AIMessage;
    const { warm: counts, ...record } = recordOf(message);
    const steps = record.steps.map(({ route, tokens }) => [route, tokens]);
    return { counts, steps, text: message.text, requests: record.requests, large };
  };

  it("each node warms while it writes, and leaves nothing open behind itself", async () => {
    const plain = await replyOf("off");
    const { counts, large, ...reply } = await replyOf({ models: "large", minTokens: 2 });
    expect(counts).toEqual({
      requests: expect.any(Number),
      inputTokens: expect.any(Number),
      failed: 0,
    });
    expect(counts?.requests).toBeGreaterThan(0);
    expect(reply).toEqual({ steps: plain.steps, text: plain.text, requests: plain.requests });
    await large.idle();
    expect(large.open).toBe(0);
  });
});
