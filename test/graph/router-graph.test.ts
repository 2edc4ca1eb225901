import { HumanMessage } from "@langchain/core/messages";
import { MemorySaver, MessagesAnnotation, StateGraph } from "@langchain/langgraph";
import { describe, expect, it } from "vitest";
import {
  editThought,
  type GlimpRouterGraphOptions,
  glimpRouterGraph,
  rerouteStep,
} from "../../src/graph/index.js";
import { GlimpRouterError } from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import { SCRIPT, ScriptedChatModel, scriptedRouter, THOUGHT } from "../langchain/scripted-pair.js";

const INPUT = { messages: [new HumanMessage("2+2?")] };
const THREAD = { configurable: { thread_id: "1" } };

/** A graph over two scripted models. */
function scriptedGraph(options: Partial<GlimpRouterGraphOptions> = {}) {
  const small = new ScriptedChatModel();
  const large = new ScriptedChatModel();
  const checkpointer = new MemorySaver();
  const graph = glimpRouterGraph({ small, large, checkpointer, ...options });
  return { small, large, graph };
}

/** The reply in a graph's state. */
function replyOf({ messages }: { readonly messages: readonly object[] }) {
  const message = messages.at(-1) as Parameters<typeof recordOf>[0] & {
    readonly text: string;
    readonly additional_kwargs: Record<string, unknown>;
  };
  const { steps, requests, stopReason } = recordOf(message);
  return {
    thought: message.additional_kwargs.reasoning_content,
    answer: message.text,
    routes: steps.map(({ route }) => route),
    requests,
    stopReason,
  };
}

describe("the graph", () => {
  it("thinks as the chat model does: same text, same decisions", async () => {
    const { graph, small, large } = scriptedGraph();
    const message = await scriptedRouter().router.invoke("2+2?");
    const state = await graph.invoke(INPUT, THREAD);
    expect(state.messages).toHaveLength(2);
    expect(replyOf(state)).toMatchObject({
      thought: message.additional_kwargs.reasoning_content,
      answer: message.text,
      routes: ["small", "large", "small"],
      stopReason: "closed",
    });
    const decisions = recordOf(message).steps.map(({ entropy, token }) => ({ entropy, token }));
    expect(recordOf(state.messages[1] as never).steps).toMatchObject(decisions);
    expect([small.opened.length, large.opened.length]).toEqual([1, 1]);
    expect([small.openStreams, large.openStreams]).toEqual([0, 0]);
  });

  it.each([["probe"], ["fused"]] as const)("takes its glimpses by %s", async (glimpse) => {
    const reply = replyOf(await scriptedGraph({ glimpse }).graph.invoke(INPUT, THREAD));
    expect(reply).toMatchObject({ thought: THOUGHT, answer: SCRIPT.answer });
    expect(reply.routes).toEqual(["small", "large", "small"]);
  });

  it("checkpoints every step, as plain JSON and with no stream open", async () => {
    const { graph } = scriptedGraph();
    await graph.invoke(INPUT, THREAD);
    const seen = [];
    for await (const { next, values } of graph.getStateHistory(THREAD)) {
      const { thought } = values;
      if (thought === null || thought === undefined) continue;
      expect(thought).toEqual(JSON.parse(JSON.stringify(thought)));
      expect(thought.stream).toBeNull();
      seen.unshift([next[0], thought.steps.length]);
    }
    expect(seen).toEqual([
      ["small", 0],
      ["small", 1],
      ["large", 1],
      ["small", 2],
      ["answer", 3],
      [undefined, 3],
    ]);
  });

  it("tells decisions and text on its custom stream, every character once", async () => {
    const { graph } = scriptedGraph();
    const shown = { thought: "", answer: "", decisions: [] as unknown[] };
    for await (const item of await graph.stream(INPUT, { ...THREAD, streamMode: "custom" })) {
      if (item.type === "glimprouter_step") shown.decisions.push([item.step, item.route]);
      else if (item.part === "thought") shown.thought += item.text;
      else shown.answer += item.text;
    }
    expect(shown.thought.trimEnd()).toBe(THOUGHT);
    expect(shown.answer).toBe(SCRIPT.answer);
    expect(shown.decisions.slice(0, 3)).toEqual([
      [1, "small"],
      [2, "large"],
      [3, "small"],
    ]);
  });

  it("starts a new thought at the next message of a thread", async () => {
    const { graph, small } = scriptedGraph();
    await graph.invoke(INPUT, THREAD);
    const state = await graph.invoke({ messages: [new HumanMessage("And 2+2?")] }, THREAD);
    expect(state.messages.map((message) => message.type)).toEqual(["human", "ai", "human", "ai"]);
    expect(replyOf(state).thought).toBe(THOUGHT);
    expect(small.opened[1]?.messages).toHaveLength(3);
  });

  it("is a node of another graph, whose call says how many supersteps there may be", async () => {
    const models = { small: new ScriptedChatModel(), large: new ScriptedChatModel() };
    const outer = new StateGraph(MessagesAnnotation)
      .addNode("think", glimpRouterGraph(models))
      .addEdge("__start__", "think")
      .addEdge("think", "__end__")
      .compile();
    expect(replyOf(await outer.invoke(INPUT)).answer).toBe(SCRIPT.answer);
    await expect(outer.invoke(INPUT, { recursionLimit: 4 })).rejects.toThrow(/limit of 4/);
  });

  it("thinks longer than LangGraph's own limit of 25 supersteps", async () => {
    const steps = Array.from({ length: 30 }, (_, index) => ({
      text: `Step ${index}.`,
      entropy: index % 2 === 0 ? 0.2 : 2,
    }));
    const model = () => new ScriptedChatModel({ script: { steps, answer: "Done." } });
    const { graph } = scriptedGraph({ small: model(), large: model() });
    const reply = replyOf(await graph.invoke(INPUT, THREAD));
    expect(reply.routes).toHaveLength(30);
    expect(reply.answer).toBe("Done.");
  });

  it("has the steps as its reply with thinking false", async () => {
    const model = () => new ScriptedChatModel({ script: { ...SCRIPT, tags: null } });
    const { graph } = scriptedGraph({ small: model(), large: model(), thinking: false });
    const reply = replyOf(await graph.invoke(INPUT, THREAD));
    expect(reply).toMatchObject({ answer: THOUGHT, thought: undefined });
  });
});

describe("a human between two nodes", () => {
  it("edits the thought: small goes on behind the new text", async () => {
    const { graph } = scriptedGraph({ interruptBefore: ["large"] });
    await graph.invoke(INPUT, THREAD);
    const { next, values } = await graph.getState(THREAD);
    expect(next).toEqual(["large"]);
    const text = "First we add 2 and 2.\n\nA human says it is right.";
    await graph.updateState(THREAD, { thought: editThought(values.thought, text) });
    expect((await graph.getState(THREAD)).next).toEqual(["small"]);
    const reply = replyOf(await graph.invoke(null, THREAD));
    expect(reply.thought).toBe(`${text}\n\nYes, it is four.`);
    expect(reply.routes).toEqual(["small", "small"]);
  });

  it.each([["probe"], ["fused"]] as const)(
    "gives a hard step to small (%s): no second glimpse takes it back",
    async (glimpse) => {
      const { graph } = scriptedGraph({ interruptBefore: ["large"], glimpse });
      await graph.invoke(INPUT, THREAD);
      const { thought } = (await graph.getState(THREAD)).values;
      await graph.updateState(THREAD, { thought: rerouteStep(thought, "small") });
      const reply = replyOf(await graph.invoke(null, THREAD));
      expect(reply).toMatchObject({ thought: THOUGHT, answer: SCRIPT.answer });
      expect(reply.routes).toEqual(["small", "small", "small"]);
      expect(reply.requests.large).toBe(1);
    },
  );

  it("gives an easy step to large", async () => {
    const { graph } = scriptedGraph({ interruptAfter: ["open"] });
    await graph.invoke(INPUT, THREAD);
    const { thought } = (await graph.getState(THREAD)).values;
    await graph.updateState(THREAD, { thought: rerouteStep(thought, "large") });
    const reply = replyOf(await graph.invoke(null, THREAD));
    expect(reply).toMatchObject({ thought: THOUGHT, routes: ["large", "large", "small"] });
  });

  it("takes an ended thought up again", async () => {
    const { graph } = scriptedGraph({ interruptBefore: ["answer"] });
    await graph.invoke(INPUT, THREAD);
    const { thought } = (await graph.getState(THREAD)).values;
    const text = "First we add 2 and 2.\n\nWait, is that right?";
    await graph.updateState(THREAD, { thought: editThought(thought, text) });
    const again = await graph.invoke(null, THREAD);
    expect(again.thought?.steps).toHaveLength(4);
    expect(replyOf(await graph.invoke(null, THREAD))).toMatchObject({
      thought: THOUGHT,
      answer: SCRIPT.answer,
    });
  });

  it("T1: keeps the indentation of a thought that begins with code", async () => {
    const { graph } = scriptedGraph({ interruptBefore: ["large"] });
    await graph.invoke(INPUT, THREAD);
    const { thought } = (await graph.getState(THREAD)).values;
    const textOf = (text: string) => editThought(thought, text).thought;
    expect(textOf("\n\n    c = b * 2 ")).toBe("    c = b * 2\n\n");
    expect(textOf("  - one\n\n")).toBe("  - one\n\n");
    expect(textOf(" \n")).toBe("");
  });

  it("is told what cannot be changed", async () => {
    const { graph } = scriptedGraph({ interruptBefore: ["answer"] });
    await graph.invoke(INPUT, THREAD);
    const { thought } = (await graph.getState(THREAD)).values;
    expect(() => rerouteStep(thought, "large")).toThrow(/has ended \(closed\)/);
    const { thought: done } = await graph.invoke(null, THREAD);
    expect(() => editThought(done, "No.")).toThrow(/has its answer already/);
    expect(() => editThought(null, "No.")).toThrow(/no thought yet/);
  });
});

describe("what goes wrong", () => {
  it("keeps the steps: a failed node is retried from its checkpoint", async () => {
    const { graph, small } = scriptedGraph({
      large: new ScriptedChatModel({ failAt: 0 }),
    });
    const failure = await graph.invoke(INPUT, THREAD).catch((error: unknown) => error);
    expect(GlimpRouterError.isInstance(failure)).toBe(true);
    expect(failure).toMatchObject({ role: "large", thought: "First we add 2 and 2.\n\n" });
    const { next, values } = await graph.getState(THREAD);
    expect(next).toEqual(["large"]);
    const mended = glimpRouterGraph({
      small,
      large: new ScriptedChatModel(),
      checkpointer: graph.checkpointer as MemorySaver,
    });
    const reply = replyOf(await mended.invoke(null, THREAD));
    expect(reply).toMatchObject({ thought: THOUGHT, answer: SCRIPT.answer });
    // The glimpse of the second step was taken, and is not taken again.
    expect(reply.requests.small).toBe(values.thought.requests.small + 1);
  });

  it("is an abort: no stream stays open", async () => {
    const { graph, small } = scriptedGraph({ small: new ScriptedChatModel({ tokenDelayMs: 20 }) });
    const signal = AbortSignal.timeout(60);
    const failure = await graph.invoke(INPUT, { ...THREAD, signal }).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: expect.stringMatching(/AbortError|TimeoutError/) });
    expect(small.openStreams).toBe(0);
  });

  it("is told at once where an option is wrong, and at `open` where the messages are", async () => {
    expect(() => scriptedGraph({ threshold: 9 })).toThrow(/`threshold`/);
    await expect(scriptedGraph().graph.invoke({ messages: [] }, THREAD)).rejects.toThrow(
      /messages are empty/,
    );
  });
});
