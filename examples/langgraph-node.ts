/**
 * The router in a node of a LangGraph graph, with a checkpointer: a human approves the answer before it counts.
 * Run: npx tsx examples/langgraph-node.ts
 */
import {
  Annotation,
  Command,
  END,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  START,
  StateGraph,
} from "@langchain/langgraph";
import { GlimpRouterChatModel } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();
const router = new GlimpRouterChatModel({ small, large });

const State = Annotation.Root({ ...MessagesAnnotation.spec, approved: Annotation<boolean>() });

const graph = new StateGraph(State)
  .addNode("think", async ({ messages }) => ({ messages: [await router.invoke(messages)] }))
  // What is before an interrupt runs again when it resumes: the model has a node of its own.
  .addNode("review", ({ messages }) => ({ approved: interrupt(messages.at(-1)?.text) === "yes" }))
  .addEdge(START, "think")
  .addEdge("think", "review")
  .addEdge("review", END)
  .compile({ checkpointer: new MemorySaver() });

const config = { configurable: { thread_id: "tape-1" } };
const input = { messages: [{ role: "user", content: "59, +10, %6, +90, %9" }] };

// Each decision, and each token of thought and answer, as it is made.
const modes: ("messages" | "custom")[] = ["messages", "custom"];
for await (const [mode, item] of await graph.stream(input, { ...config, streamMode: modes })) {
  if (mode === "custom") process.stdout.write(`[${item.route}] `);
  else process.stdout.write(String(item[0].additional_kwargs.reasoning_content ?? item[0].text));
}

const { tasks } = await graph.getState(config);
console.log(`\nTo be approved: ${tasks[0]?.interrupts[0]?.value}`);
const { approved } = await graph.invoke(new Command({ resume: "yes" }), config);
console.log(`approved: ${approved}`);
await dispose();
