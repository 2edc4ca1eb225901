import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { afterEach } from "vitest";
import type {
  FakeLlamacpp,
  FakeLlamacppOptions,
} from "../servers/fake-llamacpp/fake-llamacpp-options.js";
import { startFakeLlamacpp } from "../servers/fake-llamacpp/start-fake-llamacpp.js";
import { type ScriptedThought, scriptedThought } from "../servers/fake-vllm/scripted-model.js";
import { SCRIPT } from "./vllm-setup.js";

const running: FakeLlamacpp[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

/** A fake server that ends with the test. */
export async function fakeLlamacpp(
  options: Partial<FakeLlamacppOptions> & { readonly script?: ScriptedThought } = {},
): Promise<FakeLlamacpp> {
  const { script = SCRIPT, ...rest } = options;
  const server = await startFakeLlamacpp({ model: scriptedThought(script), ...rest });
  running.push(server);
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
