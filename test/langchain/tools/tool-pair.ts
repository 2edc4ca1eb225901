import { tool } from "@langchain/core/tools";
import { z } from "zod";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import type { FakeVllmOptions } from "../../servers/fake-vllm/fake-vllm-options.js";
import { type ScriptedModel, scriptedThought } from "../../servers/script/scripted-model.js";
import { chatOpenAI, fakeVllm } from "../../writers/vllm/vllm-setup.js";

/** What the scripted models think before they call, and what they think when the result is there. */
export const BEFORE = "We need the weather.\n\nSo call the tool for Oslo.";
const AFTER = "The tool says rain.\n\nThat is the answer.";
export const CALL = '<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>';

export const weather = tool(({ city }) => `Rain in ${city}.`, {
  name: "weather",
  description: "Tells the weather of a city.",
  schema: z.object({ city: z.string() }),
});

function stepsOf(thought: string) {
  const [first = "", second = ""] = thought.split("\n\n");
  return [
    { text: first, entropy: 0.2 },
    { text: second, entropy: 2.1 },
  ];
}

/** A model that calls a tool, and answers when it sees the result. */
export function toolScript(calls: string = CALL): ScriptedModel {
  const before = scriptedThought({ steps: stepsOf(BEFORE), answer: calls });
  const after = scriptedThought({ steps: stepsOf(AFTER), answer: "It rains." });
  return (prompt) => (prompt.includes("Rain in Oslo.") ? after(prompt) : before(prompt));
}

/** Two fake vLLM servers with tool parsers, and routers over them. */
export async function toolPair(options: Partial<FakeVllmOptions> = {}) {
  const common = { model: toolScript(), toolParser: true, refuseViolations: true, ...options };
  const small = await fakeVllm(common);
  const large = await fakeVllm(common);
  return {
    small,
    large,
    router: (fields: Partial<GlimpRouterFields> = {}) =>
      new GlimpRouterChatModel({
        small: chatOpenAI(small),
        large: chatOpenAI(large),
        continuation: "vllm",
        ...fields,
      }),
  };
}
