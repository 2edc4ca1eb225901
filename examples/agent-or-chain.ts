/** The router where a chat model stood: in a chain. Run: npx tsx examples/agent-or-chain.ts */
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { GlimpRouterChatModel } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();

const chain = ChatPromptTemplate.fromMessages([["human", "{start}, {operations}"]])
  .pipe(new GlimpRouterChatModel({ small, large })) // was: .pipe(large)
  .pipe(new StringOutputParser())
  .pipe(RunnableLambda.from((answer: string) => Number(/\\boxed\{(\d+)\}/.exec(answer)?.[1])));

const tapes = [
  { start: "59", operations: "+10, %6, +90, %9" },
  { start: "35", operations: "-3, +1, %7" },
  { start: "88", operations: "-20, %7, +30" },
];
const answers = await chain.batch(tapes, { maxConcurrency: 2 });
for (const [index, { start, operations }] of tapes.entries()) {
  console.log(`${start}, ${operations} = ${answers[index]}`);
}
await dispose();
