/**
 * What routing does, as metrics of OpenTelemetry. Run: npx tsx examples/opentelemetry.ts
 *
 * Only the API is used here: values go where your app's SDK sends them (`node --import ./your-sdk.mjs ...`), and
 * nowhere without one. The traces of LangSmith are another matter: examples/langsmith-tracing.ts.
 */
import { metrics } from "@opentelemetry/api";
import { GlimpRouterChatModel, onServerState, routingOf, serverState } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();
const router = new GlimpRouterChatModel({ small, large });
const models = { small, large };

const meter = metrics.getMeter("glimprouter");
const tokens = meter.createCounter("glimprouter.tokens", { unit: "{token}" });
const requests = meter.createCounter("glimprouter.requests");
const largeShare = meter.createHistogram("glimprouter.large_share", { unit: "1" });
// Models in this process have no server: theirs is always "closed". Yours may be open: it failed, and is left alone.
const changes = meter.createCounter("glimprouter.server.changes");
meter.createObservableGauge("glimprouter.server.out").addCallback((result) => {
  for (const [role, model] of Object.entries(models)) {
    result.observe(serverState(model).state === "closed" ? 0 : 1, { role });
  }
});
for (const [role, model] of Object.entries(models)) {
  onServerState(model, ({ state }) => changes.add(1, { role, state }));
}

const message = await router.invoke("59, +10, %6, +90, %9");
const routing = routingOf(message);
if (routing !== undefined) {
  for (const role of ["small", "large"] as const) {
    tokens.add(routing.usage[role].output_tokens, { role });
    requests.add(routing.requests[role], { role });
  }
  largeShare.record(routing.largeShare);
}
console.log(message.text);
await dispose();
