/**
 * Small on a server of one's own, large hosted by somebody else. Small is continued as text and glimpsed; large
 * is asked for the hard steps and for the answer: its thought so far goes into the prompt. Run:
 *   SMALL_URL=http://127.0.0.1:8101/v1 OPENAI_API_KEY=... npx tsx examples/mixed-local-and-hosted.ts "Is 91 prime?"
 * Small: vLLM, SGLang or llama.cpp's server (SMALL_URL, SMALL_MODEL). Large: LARGE_MODEL at OpenAI, or at any API
 * like it (LARGE_URL). Claude, Gemini or Ollama work the same: give `large` their LangChain chat model.
 */
import { ChatOpenAI } from "@langchain/openai";
import { GlimpRouterChatModel, type RoutingRecord } from "langchain-glimprouter";

const { env } = process;

const small = new ChatOpenAI({
  model: env.SMALL_MODEL ?? "small",
  apiKey: env.SMALL_API_KEY ?? "none",
  temperature: 0.6,
  configuration: { baseURL: env.SMALL_URL ?? "http://127.0.0.1:8101/v1" },
});

const large = new ChatOpenAI({
  model: env.LARGE_MODEL ?? "gpt-4.1",
  apiKey: env.OPENAI_API_KEY ?? "none",
  ...(env.LARGE_URL === undefined ? {} : { configuration: { baseURL: env.LARGE_URL } }),
});

const model = new GlimpRouterChatModel({
  small,
  large,
  threshold: Number(env.THRESHOLD ?? 1.0),
  // "auto" finds the server of small; a hosted API it knows by its name. Here the name may be any.
  continuation: { small: "auto", large: "ask" },
});

const message = await model.invoke(process.argv[2] ?? "How many primes are there below 100?");
const record = message.response_metadata.glimprouter as RoutingRecord;

console.log(message.additional_kwargs.reasoning_content);
console.log(`---\n${message.text}\n`);
for (const { step, route, entropy, tokens } of record.steps) {
  console.log(
    `step ${step}: ${route}, H_init ${entropy?.toFixed(2) ?? "-"} nats, ${tokens} tokens`,
  );
}
console.log(`continued by: ${JSON.stringify(record.continuation)}`);
console.log(`tokens: ${JSON.stringify(record.usage)}`);
