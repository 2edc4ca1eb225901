import { GlimpRouterError } from "../../errors.js";
import type { OpenAIAccess } from "./openai-client.js";

/** The fields of a user's model, sorted by what they are for. Values go on as they are. */
export interface ModelParams {
  readonly model: unknown;
  /** How tokens are drawn: for every request. */
  readonly sampling: Readonly<Record<string, unknown>>;
  /** Grammars: they shape the answer, and would forbid a thought. */
  readonly answerOnly: Readonly<Record<string, unknown>>;
  /** What the chat template reads. */
  readonly rendering: Readonly<Record<string, unknown>>;
  readonly tools: readonly Record<string, unknown>[] | null;
  /** The model's own stop strings; they belong to the answer. */
  readonly stop: readonly string[];
}

const RENDERING_FIELDS: ReadonlySet<string> = new Set([
  "chat_template",
  "chat_template_kwargs",
  "mm_processor_kwargs",
]);

const ANSWER_FIELDS: ReadonlySet<string> = new Set([
  "grammar",
  "guided_choice",
  "guided_grammar",
  "guided_json",
  "guided_regex",
  "json_schema",
  "structured_outputs",
]);

/** Fields that the writers decide themselves, or that mean something in a chat request only. */
const NOT_SAMPLING: ReadonlySet<string> = new Set([
  ...RENDERING_FIELDS,
  ...ANSWER_FIELDS,
  "add_generation_prompt",
  "add_special_tokens",
  "audio",
  "best_of",
  "continue_final_message",
  "echo",
  "function_call",
  "functions",
  "include_reasoning",
  "include_stop_str_in_output",
  "logprobs",
  "max_completion_tokens",
  "max_tokens",
  "messages",
  "modalities",
  "model",
  "n",
  "n_predict",
  "n_probs",
  "parallel_tool_calls",
  "post_sampling_probs",
  "prediction",
  "prompt",
  "prompt_logprobs",
  "reasoning_effort",
  "reasoning_format",
  "response_fields",
  "response_format",
  "return_prompt_text",
  "return_token_ids",
  "return_tokens_as_token_ids",
  "stop",
  "stream",
  "stream_options",
  "suffix",
  "tool_choice",
  "tools",
  "top_logprobs",
  "verbosity",
]);

/**
 * Reads what the user's model would send with a chat request, as it is configured now.
 *
 * @throws GlimpRouterError `invalid_option` where it asks for several replies at once (`n`)
 */
export function modelParams(access: OpenAIAccess): ModelParams {
  const params = access.invocationParams();
  const { n, stop, tools } = params;
  if (n !== undefined && n !== null && n !== 1) {
    throw new GlimpRouterError(
      `Expected \`n\` of the ${access.role} model to be 1, got ${JSON.stringify(n)}: a thought has one continuation.`,
      { reason: "invalid_option", role: access.role },
    );
  }
  const pick = (wanted: (field: string) => boolean) =>
    Object.fromEntries(
      Object.entries(params).filter(([field, value]) => value !== undefined && wanted(field)),
    );
  return {
    model: params.model,
    sampling: pick((field) => !NOT_SAMPLING.has(field)),
    answerOnly: pick((field) => ANSWER_FIELDS.has(field)),
    rendering: pick((field) => RENDERING_FIELDS.has(field)),
    tools: Array.isArray(tools) && tools.length > 0 ? tools : null,
    stop: typeof stop === "string" ? [stop] : Array.isArray(stop) ? stop : [],
  };
}
