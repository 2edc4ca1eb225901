/**
 * Two vLLM servers as they are: stock chat templates, reasoning parsers on (deploy/compose.yaml, or
 * `npx tsx scripts/vllm/start.ts` for two tiny models on a CPU). The thought is printed as it is written. Run:
 *   npx tsx examples/vllm.ts "How many primes are there below 100?"
 * SMALL_URL, SMALL_MODEL, LARGE_URL, LARGE_MODEL and VLLM_API_KEY say where the servers are; THRESHOLD is tau.
 */
import { ChatOpenAI } from "@langchain/openai";
import { GlimpRouterChatModel, type RoutingRecord } from "langchain-glimprouter";

const { env } = process;

function server(baseURL: string, model: string): ChatOpenAI {
  return new ChatOpenAI({
    model,
    // vLLM takes any key, unless it was started with --api-key.
    apiKey: env.VLLM_API_KEY ?? "none",
    temperature: 0.6,
    topP: 0.95,
    configuration: { baseURL },
  });
}

const model = new GlimpRouterChatModel({
  small: server(env.SMALL_URL ?? "http://127.0.0.1:8101/v1", env.SMALL_MODEL ?? "small"),
  large: server(env.LARGE_URL ?? "http://127.0.0.1:8102/v1", env.LARGE_MODEL ?? "large"),
  threshold: Number(env.THRESHOLD ?? 1.0),
});

let record: RoutingRecord | undefined;
let thinking = true;
for await (const chunk of await model.stream(process.argv[2] ?? "59, +10, %6, +90, %9")) {
  process.stdout.write(String(chunk.additional_kwargs.reasoning_content ?? ""));
  if (thinking && chunk.text !== "") process.stdout.write("\n\n");
  if (chunk.text !== "") thinking = false;
  process.stdout.write(chunk.text);
  record = (chunk.response_metadata.glimprouter as RoutingRecord | undefined) ?? record;
}

console.log("\n");
console.table(
  record?.steps.map(({ step, route, entropy, tokens }) => ({
    step,
    route,
    H_init: entropy?.toFixed(3) ?? "-",
    tokens,
  })),
);
console.log(
  `requests: ${JSON.stringify(record?.requests)}, tokens: ${JSON.stringify(record?.usage)}`,
);
