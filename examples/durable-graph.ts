/**
 * A thought that is checkpointed at every step: here it stops before each hard step, and a human may change it.
 * Give `checkpointer` a saver on disk, and it outlives the process. Run: npx tsx examples/durable-graph.ts
 */
import { MemorySaver } from "@langchain/langgraph";
import { editThought, glimpRouterGraph, type RoutingRecord } from "langchain-glimprouter/graph";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, threshold, dispose } = await embeddedPair();
const graph = glimpRouterGraph({
  small,
  large,
  threshold,
  checkpointer: new MemorySaver(),
  interruptBefore: ["large"],
});
const config = { configurable: { thread_id: "tape-1" } };

await graph.invoke({ messages: [{ role: "user", content: "59, +10, %6, +90, %9" }] }, config);
for (let stops = 1; ; stops++) {
  // `tasks`, not `next`: after a crash `next` may be empty where there is something left to do.
  const { tasks, values } = await graph.getState(config);
  if (tasks.length === 0) break;
  const { thought } = values;
  const { steps, step } = thought;
  console.log(
    `before step ${steps.length + 1}, H_init ${step.entropy?.toFixed(2)}: ${tasks[0]?.name}?`,
  );
  if (stops === 1) {
    // The human knows better: the step is written by hand, and no model is asked for it.
    const text = "59, +10, %6, +90, %9\n\n69, %6, +90, %9\n\n3, +90, %9\n\n";
    await graph.updateState(config, { thought: editThought(thought, text) });
    console.log("  a human wrote: 3, +90, %9");
  }
  await graph.invoke(null, config); // goes on from the checkpoint, in this process or in another one
}

const { messages } = (await graph.getState(config)).values;
const reply = messages.at(-1);
console.log(`\n${reply.additional_kwargs.reasoning_content}\n---\n${reply.text}`);
const { steps, requests } = reply.response_metadata.glimprouter as RoutingRecord;
console.log(
  `${steps.length} steps by models; requests: ${requests.small} small, ${requests.large} large`,
);
await dispose();
