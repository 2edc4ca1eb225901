import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../langchain/chat-model.js";
import { MODEL_PROVIDER } from "../langchain/output/content-blocks.js";

/**
 * One router for each large model. A router knows its servers only after it has asked them: one per call
 * would ask at every turn of an agent.
 */
export class RouterCache {
  readonly #fields: Omit<GlimpRouterFields, "large">;
  readonly #routers = new WeakMap<object, BaseChatModel>();

  constructor(fields: Omit<GlimpRouterFields, "large">) {
    this.#fields = fields;
  }

  /**
   * @param model - an agent's model; one that routes by itself is returned as it is
   * @throws GlimpRouterError `invalid_option` where it is no chat model
   */
  routerFor(model: unknown): BaseChatModel {
    // Anything that can be invoked may be given.
    const large = (model ?? {}) as BaseChatModel & { _llmType?(): string };
    if (large._llmType?.() === MODEL_PROVIDER) return large;
    const known = this.#routers.get(large);
    if (known !== undefined) return known;
    const router = new GlimpRouterChatModel({ ...this.#fields, large });
    this.#routers.set(large, router);
    return router;
  }
}
