import { GlimpRouterError } from "../../errors.js";
import { requireKnownFields } from "../../known-fields.js";
import { renderChatTemplate } from "../../prompt/render-chat-template.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role, StepWriter } from "../../router/step-writer.js";
import type { PromptTextSource } from "../completion/prompt-text-source.js";
import { meaningOf } from "../completion/read-finish-reason.js";
import type { ChunkReader, GenerationChoice } from "../completion/read-generation.js";
import { StopRemains } from "../completion/stop-remains.js";
import { createTextCompletionWriter } from "../completion/text-completion.js";
import { warmOver } from "../completion/warm-over.js";
import { withinContext } from "../completion/within-context.js";
import { keepErrorBodies } from "../connection/error-bodies.js";
import { type OpenAIAccess, openAIAccess } from "../connection/openai-client.js";
import { withAffinity } from "../connection/with-affinity.js";

/** For any server with raw text completions: the prompt is rendered here, from the model's own template. */
export interface TemplateContinuation {
  /** The model's own Jinja chat template, in full (`chat_template` of its tokenizer_config.json, or chat_template.jinja). */
  readonly template: string;
  /** What the template knows as `bos_token`; `null` or absent: the model has none. */
  readonly bosToken?: string | null;
  /** What the template knows as `eos_token`. */
  readonly eosToken?: string | null;
  /** Variables of the template's own, such as `{ enable_thinking: true }`. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
  /** Does the server put a BOS before a text by itself? Most do. The rendered text then loses its own. */
  readonly serverAddsBos: boolean;
}

/**
 * Continues a thought through plain text completions, with no field that OpenAI's API does not have.
 *
 * @param model - a `ChatOpenAI` whose base URL is the server's
 * @throws GlimpRouterError `invalid_option` naming field, value and remedy, or where the model has no
 * usable client
 */
export function templateWriter(
  model: unknown,
  role: Role,
  continuation: TemplateContinuation,
): StepWriter<ThoughtPrompt> {
  const promptText = templatePromptText(role, continuation);
  const create = (access: OpenAIAccess) => {
    const writer = createTextCompletionWriter({
      kind: "template",
      access,
      promptText,
      fields: () => ({ stream_options: { include_usage: true } }),
      reader: ({ stop }) => plainReader(stop),
    });
    // Nobody counts the prompt's tokens here: SGLang's refusal tells what fits.
    return withinContext(writer);
  };
  return withAffinity(keepErrorBodies(openAIAccess(model, role)), (access) => ({
    ...create(access),
    warm: warmOver(access, create),
  }));
}

/** Is it meant as a template? Whether it is a good one is checked when it is used. */
export function isTemplateContinuation(value: unknown): value is TemplateContinuation {
  return typeof value === "object" && value !== null && "template" in value;
}

/**
 * The prompt's text from the model's own template, for any writer that continues a text.
 *
 * @throws GlimpRouterError `invalid_option` naming field, value and remedy
 */
export function templatePromptText(
  role: Role,
  continuation: TemplateContinuation,
): PromptTextSource {
  checkTemplate(continuation, role);
  const { template, bosToken, eosToken, kwargs, serverAddsBos } = continuation;
  return async ({ messages, tools, rendering }) => {
    const ofModel = rendering.chat_template_kwargs as Readonly<Record<string, unknown>> | undefined;
    const text = renderChatTemplate({
      template,
      messages,
      tools: tools ?? undefined,
      bosToken,
      eosToken,
      kwargs: { ...ofModel, ...kwargs },
    });
    const bos = serverAddsBos ? (bosToken ?? "") : "";
    return {
      text: bos !== "" && text.startsWith(bos) ? text.slice(bos.length) : text,
      tokens: null,
      contextSize: null,
      serverAddsBos,
    };
  };
}

/** Servers differ in what they say of an end, and in whether the stop string is left in the text. */
function plainReader(stop: readonly string[]): ChunkReader {
  const remains = new StopRemains(stop);
  const endOf = (choice: GenerationChoice) => {
    if (!choice.finish_reason) return null;
    const meaning = meaningOf(choice.finish_reason);
    const mayBeStop = meaning === "end" || meaning === "stop-string";
    return mayBeStop && matchedStop(choice, stop) !== null ? "stop" : "other";
  };
  return {
    // SGLang, which holds such a beginning back by itself: what it has sent is text.
    textOf: (choice) =>
      "matched_stop" in choice
        ? (choice.text ?? "")
        : remains.read(choice.text ?? "", endOf(choice)),
    matchedStop: (choice) => matchedStop(choice, stop),
  };
}

/**
 * The stop string that ended the text. vLLM and its kin say `stop_reason`, SGLang `matched_stop`, llama.cpp
 * `stopping_word`. A server that says nothing is taken to have met the stop string that was asked for: a
 * boundary too many costs a glimpse, an end too early costs the rest of the thought.
 */
function matchedStop(choice: GenerationChoice, stop: readonly string[]): string | null {
  const said = choice as { readonly [field: string]: unknown };
  for (const field of ["stop_reason", "matched_stop", "stopping_word"]) {
    if (!(field in said)) continue;
    const value = said[field];
    return typeof value === "string" && stop.includes(value) ? value : null;
  }
  return stop[0] ?? null;
}

const FIELDS: Readonly<Record<keyof TemplateContinuation, (value: unknown) => boolean>> = {
  template: (value) => typeof value === "string" && value.trim() !== "",
  bosToken: (value) => value === undefined || value === null || typeof value === "string",
  eosToken: (value) => value === undefined || value === null || typeof value === "string",
  kwargs: (value) =>
    value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value)),
  serverAddsBos: (value) => typeof value === "boolean",
};

/** The names of a template continuation's fields. */
export const TEMPLATE_FIELDS: readonly string[] = Object.keys(FIELDS);

const REMEDIES: Readonly<Record<keyof TemplateContinuation, string>> = {
  template:
    "Give the template's text: `chat_template` of the model's tokenizer_config.json, or its chat_template.jinja.",
  bosToken: 'Give the token\'s text, such as "<s>", or null where the model has none.',
  eosToken: 'Give the token\'s text, such as "</s>", or null where the model has none.',
  kwargs: "Give the template's own variables, such as { enable_thinking: true }.",
  serverAddsBos:
    "Say true where the server puts a BOS before the prompt of a text completion by itself (most do), else false: two of them change every probability.",
};

/** @throws GlimpRouterError `invalid_option` */
function checkTemplate(continuation: TemplateContinuation, role: Role): void {
  const given: Readonly<Record<string, unknown>> = { ...continuation };
  requireKnownFields(given, {
    owner: `the ${role} model`,
    within: "continuation",
    known: TEMPLATE_FIELDS,
    role,
  });
  for (const [field, isRight] of Object.entries(FIELDS)) {
    if (isRight(given[field])) continue;
    const remedy = REMEDIES[field as keyof TemplateContinuation];
    throw invalidTemplate(role, field, `It cannot be ${describe(given[field])}. ${remedy}`);
  }
}

function invalidTemplate(role: Role, field: string, why: string): GlimpRouterError {
  return new GlimpRouterError(
    `\`continuation\` of the ${role} model has a field \`${field}\` that cannot be used. ${why}`,
    { reason: "invalid_option", role },
  );
}

function describe(value: unknown): string {
  if (value === undefined) return "left out";
  return typeof value === "object" && value !== null
    ? "an object of that kind"
    : JSON.stringify(value);
}
