/** Two tiny models in this process: no server, no key, no network. Run: npx tsx examples/embedded.ts */
import { GlimpRouterChatModel, type RoutingRecord } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();
const model = new GlimpRouterChatModel({ small, large, threshold: 1.0 });

const message = await model.invoke("59, +10, %6, +90, %9");
console.log(message.additional_kwargs.reasoning_content);
console.log(message.text);

const { steps, requests } = message.response_metadata.glimprouter as RoutingRecord;
for (const { step, route, entropy } of steps) {
  console.log(`step ${step}: ${route}, H_init ${entropy?.toFixed(2)} nats`);
}
console.log(`requests: ${requests.small} small, ${requests.large} large`);
await dispose();
