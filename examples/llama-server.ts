/**
 * Two llama.cpp servers as they are, whatever their chat templates and --reasoning-format:
 *   llama-server -m small.gguf --port 8081 -c 32768 -np 1
 *   llama-server -m large.gguf --port 8082 -c 32768 -np 1
 * (or one process with --models-dir, and both URLs the same). Run:
 *   npx tsx examples/llama-server.ts "How many primes are there below 100?"
 * SMALL_URL, SMALL_MODEL, LARGE_URL, LARGE_MODEL and LLAMA_API_KEY say where they are.
 */
import { ChatOpenAI } from "@langchain/openai";
import { GlimpRouterChatModel, type RoutingRecord } from "langchain-glimprouter";

const { env } = process;

function llamaServer(baseURL: string, model: string): ChatOpenAI {
  return new ChatOpenAI({
    // Only a name, unless the server runs with --models-dir.
    model,
    apiKey: env.LLAMA_API_KEY ?? "none",
    temperature: 0.6,
    // llama.cpp's own sampling fields go here.
    modelKwargs: { top_k: 20, min_p: 0 },
    configuration: { baseURL },
  });
}

const model = new GlimpRouterChatModel({
  small: llamaServer(env.SMALL_URL ?? "http://127.0.0.1:8081/v1", env.SMALL_MODEL ?? "small"),
  large: llamaServer(env.LARGE_URL ?? "http://127.0.0.1:8082/v1", env.LARGE_MODEL ?? "large"),
});

const message = await model.invoke(process.argv[2] ?? "59, +10, %6, +90, %9");
const { steps, requests, handoffs, continuation } = message.response_metadata
  .glimprouter as RoutingRecord;
for (const { step, route, entropy, token } of steps) {
  const glimpse =
    entropy === null ? "" : `H_init ${entropy.toFixed(2)} at ${JSON.stringify(token)}`;
  console.log(`${String(step).padStart(3)} ${route} ${glimpse}`);
}
console.log(`\n${message.text}\n`);
console.log(
  `continued as ${continuation.small} and ${continuation.large}: ${requests.small} + ${requests.large} requests, ${handoffs} hand-offs`,
);
