/**
 * A trace that reads as the thought. Run: npx tsx examples/langsmith-tracing.ts
 *
 * With LANGSMITH_TRACING=true and LANGSMITH_API_KEY the trace goes to LangSmith, without a line of code;
 * without a key its tree is printed here.
 */
import { RunCollectorCallbackHandler } from "@langchain/core/tracers/run_collector";
import { GlimpRouterChatModel } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();
const router = new GlimpRouterChatModel({ small, large });

const collector = new RunCollectorCallbackHandler();
const tape = "59, +10, %6, +90, %9";
await router.invoke(tape, { callbacks: [collector], metadata: { example: "tracing" } });

if (process.env.LANGSMITH_API_KEY === undefined) {
  for (const run of collector.tracedRuns) printRun(run as unknown as TracedRun);
} else {
  console.log("The trace is in your LangSmith project.");
}
await dispose();

interface TracedRun {
  readonly name: string;
  readonly outputs?: { readonly text?: string; readonly tokens?: number; readonly ms?: number };
  readonly child_runs: readonly TracedRun[];
}

function printRun({ name, outputs = {}, child_runs }: TracedRun, indent = ""): void {
  const { text, tokens, ms } = outputs;
  const cost = tokens === undefined ? "" : `  ${tokens} tokens, ${ms?.toFixed(0)} ms`;
  console.log(`${indent}${name}${cost}`);
  if (text !== undefined) console.log(`${indent}  ${text.trim()}`);
  for (const child of child_runs) printRun(child, `${indent}  `);
}
