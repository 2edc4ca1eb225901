/**
 * An answer in a response format, behind a thought that stays free. Run: npx tsx examples/structured-output.ts
 *
 * The embedded models are too small for it: BOTH MODELS HERE ARE A SCRIPT, on a stand-in for a vLLM server in
 * this process. With servers of your own, only the two `baseURL`s change.
 */
import { ChatOpenAI } from "@langchain/openai";
import { GlimpRouterChatModel, type RoutingRecord } from "langchain-glimprouter";
import { z } from "zod";
import { startFakeVllm } from "../test/servers/fake-vllm/start-fake-vllm.js";
import { scriptedThought } from "../test/servers/script/scripted-model.js";

const server = await startFakeVllm({
  toolParser: true,
  model: scriptedThought({
    steps: [
      { text: "Oslo lies in Norway.", entropy: 0.3 },
      { text: "About 717,000 people live there, as of 2024.", entropy: 1.9 },
    ],
    answer:
      '<tool_call>{"name": "city", "arguments": {"name": "Oslo", "people": 717000}}</tool_call>',
  }),
});
const { baseURL } = server;
const model = () => new ChatOpenAI({ model: "small", apiKey: "none", configuration: { baseURL } });

const router = new GlimpRouterChatModel({ small: model(), large: model() });
const City = z.object({ name: z.string(), people: z.number().describe("inhabitants") });
const cities = router.withStructuredOutput(City, { name: "city", includeRaw: true });

const { parsed, raw } = await cities.invoke("How many people live in Oslo?");
console.log(`${parsed.name}: ${parsed.people}`);
console.log(raw.additional_kwargs.reasoning_content);
const { steps, answer } = raw.response_metadata.glimprouter as RoutingRecord;
console.log(`${steps.map(({ route }) => route).join(", ")}; answer ends with ${answer?.end}`);
await server.close();
