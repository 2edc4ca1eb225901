import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { afterAll, beforeAll } from "vitest";
import { type LlamaPair, servePair } from "../../../scripts/llamacpp/serve-pair.js";
import type { LlamaServer } from "../../../scripts/llamacpp/start-server.js";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";

export const THRESHOLD = 1.0;

/** For what takes seconds, where the machine has no other work. */
export const LIMIT_MS = 600_000;

/** A user's model in front of a real server. */
export function chatOpenAI(
  { baseURL }: Pick<LlamaServer, "baseURL">,
  { configuration, ...fields }: ChatOpenAIFields = {},
): ChatOpenAI {
  return new ChatOpenAI({
    model: "any",
    apiKey: "none",
    temperature: 0,
    maxRetries: 0,
    ...fields,
    configuration: { baseURL, ...configuration },
  });
}

/** Two servers for a `describe`, started with more arguments of `llama-server`, and routers over them. */
export function useLlamaPair(...serverArguments: readonly string[]) {
  let pair: LlamaPair | undefined;
  const running = (): LlamaPair => {
    if (pair === undefined) throw new Error("The servers are started before the first test.");
    return pair;
  };
  beforeAll(async () => {
    pair = await servePair(...serverArguments);
  }, LIMIT_MS);
  afterAll(() => pair?.stop());
  return {
    servers: running,
    router: (fields: Partial<GlimpRouterFields> = {}) =>
      new GlimpRouterChatModel({
        small: chatOpenAI(running().small),
        large: chatOpenAI(running().large),
        threshold: THRESHOLD,
        ...fields,
      }),
  };
}
