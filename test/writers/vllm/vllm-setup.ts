import { HumanMessage } from "@langchain/core/messages";
import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { onTestFinished } from "vitest";
import type { ThoughtPrompt } from "../../../src/prompt/thought-prompt.js";
import type { FakeVllmOptions } from "../../servers/fake-vllm/fake-vllm-options.js";
import { type FakeVllm, startFakeVllm } from "../../servers/fake-vllm/start-fake-vllm.js";
import { type ScriptedThought, scriptedThought } from "../../servers/script/scripted-model.js";

export const SCRIPT: ScriptedThought = {
  steps: [
    { text: "First we add 2 and 2.", entropy: 0.2 },
    { text: "Wait, is that right?", entropy: 2.1 },
    { text: "Yes, it is four.", entropy: 0.3 },
  ],
  answer: "The answer is 4.",
};

export const TAGS = { open: "<think>", close: "</think>" };

export const PROMPT: ThoughtPrompt = {
  messages: [new HumanMessage("2+2?")],
  thinking: TAGS,
};

/** A fake server that ends with the test. */
export async function fakeVllm(
  options: Partial<FakeVllmOptions> & { readonly script?: ScriptedThought } = {},
): Promise<FakeVllm> {
  const { script = SCRIPT, ...rest } = options;
  const server = await startFakeVllm({ model: scriptedThought(script), ...rest });
  onTestFinished(() => server.close());
  return server;
}

/** A user's model in front of it. */
export function chatOpenAI(server: { baseURL: string }, fields: ChatOpenAIFields = {}): ChatOpenAI {
  return new ChatOpenAI({
    model: "small",
    apiKey: "test-key",
    maxRetries: 0,
    ...fields,
    configuration: { baseURL: server.baseURL, ...fields.configuration },
  });
}
