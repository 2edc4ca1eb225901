import { ChatOpenAI, type ChatOpenAIFields } from "@langchain/openai";
import { afterAll, beforeAll, inject } from "vitest";
import {
  type ServePairOptions,
  type ServerKind,
  type ServerPair,
  servePair,
} from "../../../scripts/python-server/serve-pair.js";
import type { PythonServer } from "../../../scripts/python-server/start-server.js";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../../src/index.js";

/** A user's model in front of a real server. */
export function chatOpenAI(
  { baseURL, name }: Pick<PythonServer, "baseURL" | "name">,
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

/**
 * Two servers for a `describe`, started with more arguments of the server's own command, and routers over
 * them.
 *
 * @param ports - others for each `describe`: what was found out about a server is remembered by its address
 */
export function useServerPair(
  kind: ServerKind,
  options: Pick<ServePairOptions, "arguments" | "environment" | "ports">,
) {
  let pair: ServerPair | undefined;
  const running = (): ServerPair => {
    if (pair === undefined) throw new Error("The servers are started before the first test.");
    return pair;
  };
  beforeAll(async () => {
    // Another configuration has no reference to compare with, and must not start anything.
    if (inject("reference") === undefined) throw new Error("Run these by their own npm script.");
    pair = await servePair(kind, options);
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
