/** The thought and the answer as they are written. Run: npx tsx examples/streaming.ts */
import { GlimpRouterChatModel } from "langchain-glimprouter";
import { embeddedPair } from "langchain-glimprouter/local";

const { small, large, dispose } = await embeddedPair();
const model = new GlimpRouterChatModel({ small, large });

let answering = false;
for await (const chunk of await model.stream("35, -3, +1, %7")) {
  const thought = chunk.additional_kwargs.reasoning_content;
  if (typeof thought === "string") process.stdout.write(thought);
  if (chunk.text !== "" && !answering) process.stdout.write("\n---\n");
  answering ||= chunk.text !== "";
  process.stdout.write(chunk.text);
}
process.stdout.write("\n");
await dispose();
