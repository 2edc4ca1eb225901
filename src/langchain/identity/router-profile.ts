import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { Role } from "../../router/step-writer.js";
import type { ResolvedOptions } from "../options/chat-model-options.js";

/** Input of these kinds goes to both models. */
const INPUTS = [
  "imageInputs",
  "imageUrlInputs",
  "pdfInputs",
  "audioInputs",
  "videoInputs",
  "imageToolMessage",
  "pdfToolMessage",
  "midConversationSystemMessages",
  "midConversationTools",
] as const satisfies readonly (keyof ModelProfile)[];

/** Things that an answer can do. */
const ANSWERS = [
  "toolCalling",
  "toolChoice",
  "structuredOutput",
] as const satisfies readonly (keyof ModelProfile)[];

/**
 * What the router can do: of the prompt what both models can read, of the answer what every model can that
 * may write it. A field that a model leaves open stays open.
 *
 * @param contextSizes - in tokens, as far as options or servers have told them
 */
export function routerProfile(
  { small, large }: { readonly small: BaseChatModel; readonly large: BaseChatModel },
  { thinking, answerBy, maxAnswerTokens }: ResolvedOptions,
  contextSizes: Readonly<Record<Role, number | undefined>>,
): ModelProfile {
  const both = [small.profile, large.profile];
  const answerers = thinking === false ? both : [both[answerBy === "small" ? 0 : 1] ?? {}];
  const sizes = [
    contextSizes.small ?? small.profile.maxInputTokens,
    contextSizes.large ?? large.profile.maxInputTokens,
  ].filter((size) => size !== undefined);
  return {
    ...(sizes.length === 0 ? {} : { maxInputTokens: Math.min(...sizes) }),
    maxOutputTokens: maxAnswerTokens,
    reasoningOutput: thinking !== false,
    ...allOf(INPUTS, both),
    ...allOf(ANSWERS, answerers),
  };
}

function allOf<Field extends (typeof INPUTS | typeof ANSWERS)[number]>(
  fields: readonly Field[],
  profiles: readonly ModelProfile[],
): Partial<Record<Field, boolean>> {
  const known = fields
    .map((field) => [field, profiles.map((profile) => profile[field])] as const)
    .filter(([, values]) => values.every((value) => value !== undefined) || values.includes(false));
  return Object.fromEntries(
    known.map(([field, values]) => [field, values.every((value) => value === true)]),
  ) as Partial<Record<Field, boolean>>;
}
