/**
 * Two servers, such as two `vllm serve`. Run:
 *   SMALL_URL=http://127.0.0.1:8101/v1 SMALL_MODEL=small LARGE_URL=http://127.0.0.1:8102/v1 LARGE_MODEL=large \
 *     npx tsx examples/openai-compatible.ts "How many primes are there below 100?"
 */
import { ChatOpenAI } from "@langchain/openai";
import { GlimpRouterChatModel, type RoutingRecord } from "langchain-glimprouter";

const { env } = process;

function server(baseURL: string | undefined, model: string | undefined): ChatOpenAI {
  return new ChatOpenAI({
    model: model ?? "default",
    apiKey: env.OPENAI_API_KEY ?? "none",
    temperature: 0.6,
    topP: 0.95,
    configuration: { baseURL: baseURL ?? "http://127.0.0.1:8000/v1" },
  });
}

const model = new GlimpRouterChatModel({
  small: server(env.SMALL_URL, env.SMALL_MODEL),
  large: server(env.LARGE_URL, env.LARGE_MODEL),
});

const message = await model.invoke(process.argv[2] ?? "How many primes are there below 100?");
console.log(message.text);
const record = message.response_metadata.glimprouter as RoutingRecord;
console.log(
  `${record.steps.length} steps, ${Math.round(100 * record.interventionRate)} % by large, continued as ${record.continuation.small} and ${record.continuation.large}`,
);
