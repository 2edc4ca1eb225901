/**
 * Two models of one Ollama (0.12.11 or newer), both in its memory:
 *   ollama pull qwen3:1.7b && ollama pull qwen3:14b
 *   OLLAMA_MAX_LOADED_MODELS=2 OLLAMA_CONTEXT_LENGTH=16384 ollama serve
 * Run:
 *   npx tsx examples/ollama.ts "How many primes are there below 100?"
 * SMALL_MODEL, LARGE_MODEL and OLLAMA_BASE_URL say which, and where.
 */
import { ChatOllama } from "@langchain/ollama";
import { GlimpRouterChatModel, type RoutingRecord } from "langchain-glimprouter";

const { env } = process;

const ollama = (model: string) => new ChatOllama({ model, temperature: 0.6, numCtx: 16_384 });

const model = new GlimpRouterChatModel({
  small: ollama(env.SMALL_MODEL ?? "qwen3:1.7b"),
  large: ollama(env.LARGE_MODEL ?? "qwen3:14b"),
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
