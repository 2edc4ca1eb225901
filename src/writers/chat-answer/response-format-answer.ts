import { closingText } from "../../core/thinking-tags.js";
import type { AnswerFields, ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { StepWriter } from "../../router/step-writer.js";
import { type TextCompletionOptions, writeText } from "../completion/text-completion.js";
import type { ToolCallPart } from "./tool-call-part.js";

type Answer = NonNullable<StepWriter<ThoughtPrompt, ToolCallPart>["answer"]>;

/** The fields with which a text completion is held to a response format. */
export type ResponseFormatFields = (
  format: NonNullable<AnswerFields["response_format"]>,
) => Readonly<Record<string, unknown>>;

/**
 * Answers that text alone cannot give. Tool calls need the chat interface and its parser. A response format needs only
 * a grammar, which servers hold a text completion to as well: behind the closed thought, with no template and
 * no reasoning parser in between, which would let go of the grammar (SGLang) or refuse it (llama.cpp).
 *
 * @param how.withTools - the answer in chat
 */
export function responseFormatAnswer(
  options: TextCompletionOptions,
  how: { readonly withTools: Answer; readonly responseFormatFields: ResponseFormatFields },
): Answer {
  return (from, prompt, thought, limits, signal) => {
    const { answer: { tools = [], response_format } = {}, thinking } = prompt;
    if (tools.length > 0 || response_format === undefined) {
      return how.withTools(from, prompt, thought, limits, signal);
    }
    const closed = thinking === false ? thought : thought + closingText(thought, thinking);
    const request = { from, thought: closed, how: { ...limits, topLogprobs: 0 } };
    return writeText(
      options,
      { ...request, extra: how.responseFormatFields(response_format) },
      signal,
    );
  };
}
