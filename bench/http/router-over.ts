import { GlimpRouterChatModel, type GlimpRouterFields } from "../../src/index.js";
import { type BenchAddress, chatOpenAI } from "./bench-models.js";

/** This tree's router in front of the bench server. */
export function routerOver(
  address: BenchAddress,
  fields: Partial<GlimpRouterFields> = {},
): GlimpRouterChatModel {
  return new GlimpRouterChatModel({
    small: chatOpenAI(address, "small"),
    large: chatOpenAI(address, "large"),
    threshold: 1,
    ...fields,
  });
}
