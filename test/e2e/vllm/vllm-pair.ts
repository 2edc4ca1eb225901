import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { afterAll, beforeAll, inject } from "vitest";
import { servePair, type VllmPair } from "../../../scripts/vllm/serve-pair.js";
import type { VllmServer } from "../../../scripts/vllm/start-server.js";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";

/**
 * Not the ports of scripts/vllm/start.ts, whose servers may be running; others for each `describe`: what was
 * found out about a server is remembered by its address.
 */
let nextPort = 8111;

/** A user's model in front of a real server. */
export function chatOpenAI(
  { baseURL, name }: VllmServer,
  { configuration, ...fields }: ChatOpenAIFields = {},
): ChatOpenAI {
  return new ChatOpenAI({
    model: name,
    apiKey: "none",
    temperature: 0,
    ...fields,
    configuration: { baseURL, ...configuration },
  });
}

/** Two servers for a `describe`, started with more arguments of `vllm serve`, and routers over them. */
export function useVllmPair(...serveArguments: readonly string[]) {
  let pair: VllmPair | undefined;
  const ports = { small: nextPort++, large: nextPort++ };
  const running = (): VllmPair => {
    if (pair === undefined) throw new Error("The servers are started before the first test.");
    return pair;
  };
  beforeAll(async () => {
    // Another configuration has no reference to compare with, and must not start anything.
    if (inject("reference") === undefined) throw new Error("Run these by: npm run test:vllm");
    pair = await servePair({ ports, arguments: serveArguments });
  });
  afterAll(() => pair?.stop());
  return {
    servers: running,
    router: (fields: Partial<GlimpRouterFields> = {}) =>
      new GlimpRouterChatModel({
        small: chatOpenAI(running().small),
        large: chatOpenAI(running().large),
        threshold: inject("reference").threshold,
        ...fields,
      }),
  };
}
