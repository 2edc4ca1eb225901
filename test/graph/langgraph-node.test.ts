import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import {
  Annotation,
  type BaseCheckpointSaver,
  Command,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  StateGraph,
} from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { afterEach, describe, expect, it } from "vitest";
import type { GlimpRouterChatModel } from "../../src/index.js";
import { recordOf } from "../langchain/record-of.js";
import { SCRIPT, scriptedRouter, THOUGHT } from "../langchain/scripted-pair.js";
import { BEFORE, toolPair, weather } from "../langchain/tools/tool-pair.js";
import { sqliteSaver } from "./sqlite-saver.js";

/** Anew for each call: LangGraph gives a message its id, and one with the same id takes its place. */
const input = () => ({ messages: [new HumanMessage("2+2?")] });
const THREAD = { configurable: { thread_id: "1" } };
const State = Annotation.Root({ ...MessagesAnnotation.spec, approved: Annotation<string>() });

/** A node that thinks, one that asks a human. */
function reviewedGraph(router: GlimpRouterChatModel, checkpointer: BaseCheckpointSaver) {
  return new StateGraph(State)
    .addNode("think", async ({ messages }) => ({ messages: [await router.invoke(messages)] }))
    .addNode("review", ({ messages }) => ({ approved: interrupt(messages.at(-1)?.text) }))
    .addEdge("__start__", "think")
    .addEdge("think", "review")
    .addEdge("review", "__end__")
    .compile({ checkpointer });
}

const folders: string[] = [];
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const db of opened.splice(0)) db.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Opens one SQLite file anew with each call, as processes that follow each other do. */
function sqliteFile(): () => BaseCheckpointSaver {
  const folder = mkdtempSync(join(tmpdir(), "glimprouter-"));
  folders.push(folder);
  return () => {
    for (const db of opened.splice(0)) db.close();
    const { saver, db } = sqliteSaver(join(folder, "threads.db"));
    opened.push(db);
    return saver;
  };
}

/** One saver for the whole test. */
function memory(): () => BaseCheckpointSaver {
  const saver = new MemorySaver();
  return () => saver;
}

describe.each([
  ["in memory", memory],
  ["in SQLite", sqliteFile],
] as const)("a LangGraph node with the router, checkpointed %s", (_where, savers) => {
  it("resumes behind an interrupt without thinking again, with thought and record kept", async () => {
    const { router, small } = scriptedRouter();
    const saver = savers();
    await reviewedGraph(router, saver()).invoke(input(), THREAD);
    const graph = reviewedGraph(router, saver());
    const { tasks } = await graph.getState(THREAD);
    expect(tasks[0]?.interrupts[0]?.value).toBe(SCRIPT.answer);
    const { approved, messages } = await graph.invoke(new Command({ resume: "yes" }), THREAD);
    expect(approved).toBe("yes");
    expect(small.opened).toHaveLength(1);
    const reply = messages.at(-1) as AIMessageChunk;
    expect(reply.additional_kwargs.reasoning_content).toBe(THOUGHT);
    expect(recordOf(reply).steps.map(({ route }) => route)).toEqual(["small", "large", "small"]);
  });

  it("remembers a thread: the next thought is behind the whole conversation", async () => {
    const { router, small } = scriptedRouter();
    const saver = savers();
    await reviewedGraph(router, saver()).invoke(input(), THREAD);
    await reviewedGraph(router, saver()).invoke(input(), THREAD);
    expect(small.opened[1]?.messages.map((message) => message.type)).toEqual([
      "human",
      "ai",
      "human",
    ]);
  });
});

describe("createReactAgent of LangGraph's prebuilt", () => {
  it("thinks, calls a tool, thinks about its result, and answers", async () => {
    const { router } = await toolPair();
    const agent = createReactAgent({
      llm: router(),
      tools: [weather],
      checkpointer: new MemorySaver(),
    });
    const question = { messages: [new HumanMessage("Weather in Oslo?")] };
    const { messages } = await agent.invoke(question, THREAD);
    expect(messages.map((message) => message.type)).toEqual(["human", "ai", "tool", "ai"]);
    expect(messages[1]?.additional_kwargs.reasoning_content).toBe(BEFORE);
    expect(messages.at(-1)?.text.trim()).toBe("It rains.");
  });
});
