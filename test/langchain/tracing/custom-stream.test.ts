import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { type AgentMiddleware, createAgent, summarizationMiddleware } from "langchain";
import { describe, expect, it } from "vitest";
import type { GlimpRouterChatModel } from "../../../src/index.js";
import { graphOf } from "../output/token-surfaces.js";
import { scriptedRouter } from "../scripted-pair.js";

interface Told {
  readonly type: string;
  readonly step: number;
  readonly run_id: string | null;
  readonly langgraph_node: string | null;
}

const HISTORY = [
  new HumanMessage("1+1?"),
  new AIMessage("2"),
  new HumanMessage("1+2?"),
  new AIMessage("3"),
  new HumanMessage("2+2?"),
];

/** Its own type does not bear `exactOptionalPropertyTypes`. */
function summarising(model: GlimpRouterChatModel): AgentMiddleware {
  const when = { model, trigger: { messages: 3 }, keep: { messages: 1 } };
  return summarizationMiddleware(when as never) as unknown as AgentMiddleware;
}

describe("L9: decisions in a graph's custom stream", () => {
  it("name their node and their run, so that a middleware's are told from the agent's", async () => {
    const { router } = scriptedRouter();
    const summariser = scriptedRouter().router;
    const agent = createAgent({
      model: router,
      tools: [],
      middleware: [summarising(summariser)],
    });
    const told: Told[] = [];
    const ids = new Set<string | undefined>();
    const stream = await agent.stream(
      { messages: HISTORY },
      { streamMode: ["custom", "messages"] },
    );
    for await (const [mode, item] of stream) {
      if (mode === "custom") told.push(item as Told);
      else ids.add((item as unknown as [AIMessage])[0].id);
    }
    const nodes = [...new Set(told.map(({ langgraph_node }) => langgraph_node))];
    expect(nodes).toEqual(["SummarizationMiddleware.before_model", "model_request"]);
    const runs = nodes.map((node) => {
      const decisions = told.filter(({ langgraph_node }) => langgraph_node === node);
      expect(decisions.map(({ step }) => step)).toEqual([1, 2, 3]);
      return new Set(decisions.map(({ run_id }) => run_id));
    });
    expect(runs.map(({ size }) => size)).toEqual([1, 1]);
    // The agent's own message has its run in its id.
    expect(ids).toContain(`run-${[...(runs[1] ?? [])][0]}`);
  });

  it("name the run also where nobody listens to it", async () => {
    const { router } = scriptedRouter();
    const told: Told[] = [];
    const stream = await graphOf(router).stream(
      { messages: [new HumanMessage("2+2?")] },
      { streamMode: "custom" },
    );
    for await (const item of stream) told.push(item as Told);
    expect(told).toHaveLength(3);
    for (const decision of told) {
      expect(decision).toMatchObject({ langgraph_node: "think", run_id: expect.any(String) });
    }
  });
});
