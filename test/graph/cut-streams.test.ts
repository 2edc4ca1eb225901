import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { type GlimpRouterGraphOptions, glimpRouterGraph } from "../../src/graph/index.js";
import { recordOf } from "../langchain/record-of.js";
import { ScriptedChatModel, scriptedRouter, THOUGHT } from "../langchain/scripted-pair.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";

const INPUT = { messages: [new HumanMessage("2+2?")] };
const THREAD = { configurable: { thread_id: "1" } };

async function vllmGraph(options: Partial<GlimpRouterGraphOptions> = {}) {
  const [small, large] = [await fakeVllm(), await fakeVllm()];
  const graph = glimpRouterGraph({
    small: chatOpenAI(small, { maxRetries: 2 }),
    large: chatOpenAI(large, { maxRetries: 2 }),
    continuation: "vllm",
    checkpointer: new MemorySaver(),
    ...options,
  });
  return { small, large, graph };
}

describe("a stream that is cut in a graph", () => {
  it("is gone on with, and the state says so", async () => {
    const { small, large, graph } = await vllmGraph();
    small.fail("cut", { path: "/v1/completions" });
    large.fail("error-in-stream", { path: "/v1/completions" });
    const custom: unknown[] = [];
    for await (const told of await graph.stream(INPUT, { ...THREAD, streamMode: "custom" })) {
      custom.push(told);
    }
    const { values } = await graph.getState(THREAD);
    const retries = [
      { step: 1, role: "small", reason: "cut" },
      { step: 2, role: "large", reason: "error" },
    ];
    expect(values.thought.retries).toMatchObject(retries);
    expect(values.thought).toMatchObject({ answerText: "", answerTokens: 0 });
    expect(recordOf(values.messages.at(-1)).retries).toMatchObject(retries);
    expect(values.messages.at(-1)).toMatchObject({
      content: (await scriptedRouter().router.invoke("2+2?")).text,
      additional_kwargs: { reasoning_content: THOUGHT },
    });
    const told = custom.filter((each) => (each as { type: string }).type === "glimprouter_retry");
    expect(told).toMatchObject(retries);
  });

  it("has no deadline of its own: a thought may rest between two nodes", () => {
    const [small, large] = [new ScriptedChatModel(), new ScriptedChatModel()];
    expect(() => glimpRouterGraph({ small, large, deadlineMs: 5_000 })).toThrow(
      /`deadlineMs` of glimpRouterGraph cannot be 5000\..*graph\.invoke\(input, \{ timeout \}\)/,
    );
  });
});
