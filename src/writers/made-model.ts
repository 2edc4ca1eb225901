import { GlimpRouterError } from "../errors.js";
import type { Role } from "../router/step-writer.js";

/** What `initChatModel` returns: a model that makes the model, and hands every call on to it. */
interface ModelMaker {
  _getModelInstance(): Promise<unknown>;
}

/**
 * The chat model itself where `initChatModel` stands before it: its client and its fields are what a thought is
 * continued with. It is the one that is made without `configurable`.
 *
 * @throws GlimpRouterError `invalid_option` where it cannot be made
 */
export async function madeModel<Model>(model: Model, role: Role): Promise<Model> {
  if (!makesModels(model)) return model;
  try {
    return (await model._getModelInstance()) as Model;
  } catch (cause) {
    throw new GlimpRouterError(
      `The ${role} model is one of initChatModel's, and could not be made: ${cause instanceof Error ? cause.message : String(cause)}`,
      { reason: "invalid_option", role, cause },
    );
  }
}

/** By its shape: it is a class of `langchain`, which need not be installed. */
function makesModels(model: unknown): model is ModelMaker {
  if (typeof model !== "object" || model === null) return false;
  return typeof (model as Partial<ModelMaker>)._getModelInstance === "function";
}
