/**
 * The router for every client that speaks OpenAI's protocol. Run: npx tsx examples/serve.ts
 *
 * A handler takes a `Request` and gives a `Response`: here it is called as it is. Behind a port: `npx glimprouter serve`, or
 * `serve({ fetch: handler, port: 8787 })` of @hono/node-server, `Deno.serve(handler)`, `export default { fetch: handler }`.
 */
import type { RoutingRecord } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";
import { createHandler } from "langchain-glimprouter/serve";

const { small, large, dispose } = await embeddedPair();
const handler = createHandler({ small, large, threshold: 1.0 });

const body = {
  model: "glimprouter@tau=1.2",
  messages: [{ role: "user", content: "59, +10, %6, +90, %9" }],
};
const response = await handler(
  new Request("http://127.0.0.1:8787/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }),
);
const { choices, usage, glimprouter } = (await response.json()) as {
  choices: { message: { content: string; reasoning_content: string } }[];
  usage: { completion_tokens: number };
  glimprouter: RoutingRecord;
};
console.log(choices[0]?.message.reasoning_content);
console.log(choices[0]?.message.content);
console.log(`${usage.completion_tokens} tokens, ${glimprouter.handoffs} hand-offs`);
await dispose();
