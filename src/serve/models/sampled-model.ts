import type { BaseChatModel } from "@langchain/core/language_models/chat_models";

/** What a request may ask of a model's own way of writing. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly maxTokens?: number;
}

/** A model that keeps the fields that it was made with, as `ChatOpenAI` does. */
type WithFields = BaseChatModel & { readonly fields: Readonly<Record<string, unknown>> };

/** The model with other sampling; the same one where its class cannot be made anew, or nothing is asked. */
export function sampledModel(model: BaseChatModel, sampling: Sampling): BaseChatModel {
  const { seed, ...named } = sampling;
  if (Object.keys(sampling).length === 0 || !keepsFields(model)) return model;
  const { fields } = model;
  const modelKwargs = seed === undefined ? {} : { modelKwargs: { ...kwargsOf(fields), seed } };
  const Model = model.constructor as new (fields: object) => BaseChatModel;
  return new Model({ ...fields, ...named, ...modelKwargs });
}

function keepsFields(model: BaseChatModel): model is WithFields {
  const { fields, completions } = model as Partial<WithFields> & { completions?: unknown };
  return typeof fields === "object" && fields !== null && completions !== undefined;
}

function kwargsOf({ modelKwargs }: Readonly<Record<string, unknown>>): object {
  return typeof modelKwargs === "object" && modelKwargs !== null ? modelKwargs : {};
}
