/** The router in a chain: prompt, model, parser; streamed, batched, and with its routes. Run: npx tsx examples/chain.ts */
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { GlimpRouterChatModel } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();
const router = new GlimpRouterChatModel({ small, large });

const prompt = ChatPromptTemplate.fromMessages([["human", "{start}, {operations}"]]);
const answer = prompt.pipe(router).pipe(new StringOutputParser());
const value = answer.pipe(
  RunnableLambda.from((text: string) => Number(/\\boxed\{(\d+)\}/.exec(text)?.[1])),
);

const tape = { start: "59", operations: "+10, %6, +90, %9" };
for await (const token of await answer.stream(tape)) process.stdout.write(token);
process.stdout.write("\n");

const tapes = [tape, { start: "35", operations: "-3, +1, %7" }];
console.log(await value.batch(tapes, { maxConcurrency: 2 }));

// Decisions are custom events of the router's run: they pass through the chain.
for await (const { event, name, data } of answer.streamEvents(tape, { version: "v2" })) {
  if (event !== "on_custom_event" || name !== "glimprouter_step") continue;
  const { step, route, entropy } = data as { step: number; route: string; entropy: number };
  console.log(`step ${step}: ${route} (H_init ${entropy.toFixed(2)})`);
}
await dispose();
