/**
 * An agent whose model is routed: it thinks, calls a tool, thinks about the result. Run: npx tsx examples/agent.ts
 *
 * The embedded models call no tools: BOTH MODELS HERE ARE A SCRIPT, on a stand-in for a vLLM server in this
 * process. With servers of your own, only the two `baseURL`s change.
 */
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { glimpRouterMiddleware } from "langchain-glimprouter/middleware";
import { z } from "zod";
import { startFakeVllm } from "../test/servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../test/servers/script/scripted-model.js";

const before = scriptedThought({
  steps: [
    { text: "They ask for the weather.", entropy: 0.3 },
    { text: "I cannot know it, but the tool can.", entropy: 1.9 },
  ],
  answer: '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>',
});
const after = scriptedThought({
  steps: [{ text: "The tool says rain.", entropy: 0.2 }],
  answer: "It rains in Oslo.",
});
const server = await startFakeVllm({
  toolParser: true,
  model: (prompt) => (prompt.includes("Rain, 9 degrees.") ? after(prompt) : before(prompt)),
});
const { baseURL } = server;
const model = () => new ChatOpenAI({ model: "small", apiKey: "none", configuration: { baseURL } });

const weather = tool(() => "Rain, 9 degrees.", {
  name: "weather",
  description: "Tells the weather of a city.",
  schema: z.object({ city: z.string() }),
});
const agent = createAgent({
  model: model(), // large: it writes the hard steps and the answers
  tools: [weather],
  middleware: [glimpRouterMiddleware({ small: model(), threshold: 1.0 })],
});

const { messages } = await agent.invoke({ messages: [{ role: "user", content: "Weather?" }] });
for (const { type, text, additional_kwargs, response_metadata } of messages) {
  const thought = additional_kwargs.reasoning_content as string | undefined;
  const { steps = [] } = (response_metadata.glimprouter ?? {}) as { steps?: { route: string }[] };
  for (const [index, line] of (thought?.split("\n\n") ?? []).entries()) {
    console.log(`  ${steps[index]?.route}: ${line}`);
  }
  console.log(`${type}: ${text.trim() === "" ? "(calls a tool)" : text.trim()}`);
}
await server.close();
