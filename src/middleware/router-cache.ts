import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { GlimpRouterChatModel, type GlimpRouterFields } from "../langchain/chat-model.js";
import { MODEL_PROVIDER } from "../langchain/output/content-blocks.js";

/** A model as far as it is looked at. Anything that can be invoked may be given. */
interface AgentModel {
  _llmType?(): string;
  /** `createAgent({ model: "provider:name" })` makes a model that makes the model. */
  _getModelInstance?(): Promise<BaseChatModel>;
}

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
  async routerFor(model: unknown): Promise<BaseChatModel> {
    const given = (model ?? {}) as AgentModel;
    const large = ((await given._getModelInstance?.()) ?? given) as BaseChatModel;
    if (large._llmType?.() === MODEL_PROVIDER) return large;
    const known = this.#routers.get(large);
    if (known !== undefined) return known;
    const router = new GlimpRouterChatModel({ ...this.#fields, large });
    this.#routers.set(large, router);
    return router;
  }
}
