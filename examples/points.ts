/** One question, decided at several points of a step; on the embedded pair. Run: npx tsx examples/points.ts */
import { GlimpRouterChatModel, pointFromName, routingOf } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();
const model = new GlimpRouterChatModel({ small, large });

// At a step's first token, its second, its end (small's draft is thrown away), and anywhere inside it.
for (const name of ["stepStart", "firstTokens:2", "stepEnd:maxEntropy", "everyToken:turn=2"]) {
  const glimpseAt = pointFromName(name);
  const message = await model.invoke("59, +10, %6, +90, %9", { glimpseAt, threshold: 1 });
  const { steps = [], requests = { small: 0, large: 0 } } = routingOf(message) ?? {};
  const byLarge = steps.filter(({ route }) => route === "large").length;
  const discarded = steps.reduce((sum, step) => sum + step.discarded, 0);
  console.log(
    `${name}: ${message.text}, ${byLarge} of ${steps.length} steps by large, ${discarded} tokens thrown away, ${requests.small + requests.large} requests`,
  );
}
await dispose();
