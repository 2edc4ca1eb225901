import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type AgentMiddleware, createMiddleware } from "langchain";
import type { GlimpRouterFields } from "../langchain/chat-model.js";
import { resolveOptions } from "../langchain/options/chat-model-options.js";
import { ownerLikeChatModel } from "../langchain/options/known-options.js";
import { RouterCache } from "./router-cache.js";

/** Options of the router; `large` may be left to the agent. */
export type GlimpRouterMiddlewareOptions = Omit<GlimpRouterFields, "large"> & {
  /**
   * The model that writes the hard steps.
   * @defaultValue the model that the agent was about to call
   */
  readonly large?: BaseChatModel;
};

/**
 * Puts the router in the place of an agent's model, for every turn. Without `large` the agent's own model
 * writes the hard steps and the answers, and whatever other middleware makes of that model is kept:
 * behind `modelFallbackMiddleware`, each fallback is routed, too.
 *
 * @example
 * ```ts
 * const agent = createAgent({
 *   model: large,
 *   tools: [weather],
 *   middleware: [glimpRouterMiddleware({ small, threshold: 1.0 })],
 * });
 * ```
 * @throws GlimpRouterError `invalid_option` naming field, value and remedy: here for options, at the first
 * turn for an agent's model that cannot be routed to
 */
export function glimpRouterMiddleware(options: GlimpRouterMiddlewareOptions): AgentMiddleware {
  const { large, ...rest } = options;
  // Small stands in for a model that is not known yet: wrong options are told here, not at the first turn.
  const owner = ownerLikeChatModel("glimpRouterMiddleware");
  resolveOptions({ ...rest, large: large ?? rest.small }, owner);
  const routers = new RouterCache(rest);
  return createMiddleware({
    name: "GlimpRouterMiddleware",
    wrapModelCall: async (request, handler) => {
      const model = routers.routerFor(large ?? request.model);
      return handler({ ...request, model });
    },
  });
}
