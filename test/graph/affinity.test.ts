import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import { glimpRouterGraph } from "../../src/graph/index.js";
import { chatOpenAI, fakeVllm } from "../writers/vllm/vllm-setup.js";

const HEADER = "x-session-id";
const INPUT = { messages: [new HumanMessage("2+2?")] };
const THREAD = { configurable: { thread_id: "1" } };

async function stoppedGraph() {
  const [small, large] = [await fakeVllm(), await fakeVllm()];
  const checkpointer = new MemorySaver();
  let calls = 0;
  /** What another process would make of it: another id at each call. */
  const graph = () =>
    glimpRouterGraph({
      small: chatOpenAI(small),
      large: chatOpenAI(large),
      continuation: "vllm",
      checkpointer,
      interruptBefore: ["large"],
      affinity: { header: HEADER, key: () => `id ${++calls}` },
    });
  await graph().invoke(INPUT, THREAD);
  const ids = () => [...small.requests, ...large.requests].map(({ headers }) => headers[HEADER]);
  return { graph, ids };
}

describe("affinity in a graph", () => {
  it("a thought that is resumed goes to the replicas that have it", async () => {
    const { graph, ids } = await stoppedGraph();
    const before = ids().length;
    await graph().invoke(null, THREAD);
    expect(ids().length).toBeGreaterThan(before);
    expect(new Set(ids())).toEqual(new Set(["id 1"]));
  });

  it.each([
    ["a header that needs another value", { header: "authorization", id: "x" }, "header"],
    ["a value with a line break", { header: HEADER, id: "a\nb" }, "id"],
  ])("F18: the graph refuses %s in a checkpoint", async (_name, affinity, field) => {
    const { graph } = await stoppedGraph();
    const state = (await graph().getState(THREAD)).values;
    const openings = { ...state.openings, small: { ...state.openings.small, affinity } };
    await graph().updateState(THREAD, { openings });
    await expect(graph().invoke(null, THREAD)).rejects.toMatchObject({
      reason: "invalid_input",
      message: expect.stringContaining(`openings.small.affinity.${field}`),
    });
  });
});
