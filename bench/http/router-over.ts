import type { ChatOpenAIFields } from "@langchain/openai";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { type BenchAddress, chatOpenAI } from "./bench-models.js";

/** This tree's router in front of the bench server. */
export function routerOver(
  address: BenchAddress,
  fields: Partial<GlimpRouterFields> = {},
  models: Partial<ChatOpenAIFields> = {},
): GlimpRouterChatModel {
  return new GlimpRouterChatModel({
    small: chatOpenAI(address, "small", models),
    large: chatOpenAI(address, "large", models),
    threshold: 1,
    ...fields,
  });
}
