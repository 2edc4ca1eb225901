import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { onTestFinished } from "vitest";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";
import type {
  FakeLlamacpp,
  FakeLlamacppOptions,
} from "../../servers/fake-llamacpp/fake-llamacpp-options.js";
import { startFakeLlamacpp } from "../../servers/fake-llamacpp/start-fake-llamacpp.js";
import { type ScriptedThought, scriptedThought } from "../../servers/script/scripted-model.js";
import { SCRIPT } from "../vllm/vllm-setup.js";

/** A fake server that ends with the test. */
export async function fakeLlamacpp(
  options: Partial<FakeLlamacppOptions> & { readonly script?: ScriptedThought } = {},
): Promise<FakeLlamacpp> {
  const { script = SCRIPT, ...rest } = options;
  const server = await startFakeLlamacpp({ model: scriptedThought(script), ...rest });
  onTestFinished(() => server.close());
  return server;
}

/** A user's model in front of it. */
export function llamacppModel(
  server: { readonly baseURL: string },
  { configuration, ...fields }: ChatOpenAIFields = {},
): ChatOpenAI {
  return new ChatOpenAI({
    model: "small.gguf",
    apiKey: "test-key",
    maxRetries: 0,
    ...fields,
    configuration: { baseURL: server.baseURL, ...configuration },
  });
}

/** Two steps that small finds easy, two that it finds hard, in turns; and one more that is easy. */
export const CHAIN: ScriptedThought = {
  steps: [
    { text: "We start with 59 and add ten.", entropy: 0.2 },
    { text: "That makes 69, and the remainder by 6 is due.", entropy: 1.9 },
    { text: "It is 3.", entropy: 0.1 },
    { text: "Hmm, 6 times 11 is 66 indeed.", entropy: 2.2 },
    { text: "So we are done.", entropy: 0.4 },
  ],
  answer: "The answer is 3.",
};

/** Two fake servers with the same chain, and a router over them. */
export async function llamacppPair(
  options: Partial<FakeLlamacppOptions> & { readonly script?: ScriptedThought } = {},
): Promise<{
  readonly small: FakeLlamacpp;
  readonly large: FakeLlamacpp;
  readonly router: (fields?: Partial<GlimpRouterFields>) => GlimpRouterChatModel;
}> {
  const [small, large] = await Promise.all([
    fakeLlamacpp({ script: CHAIN, ...options }),
    fakeLlamacpp({ script: CHAIN, ...options, modelName: "large.gguf" }),
  ]);
  return {
    small,
    large,
    router: (fields = {}) =>
      new GlimpRouterChatModel({
        small: llamacppModel(small),
        large: llamacppModel(large, { model: "large.gguf" }),
        ...fields,
      }),
  };
}
