import type { Opening, WriteOptions } from "../../router/step-writer.js";
import type { ModelParams } from "../connection/model-params.js";

/**
 * The fields that every generation request has: the user's sampling fields, and the router's limits in place
 * of the model's own. A model's own stop strings and grammars are for the answer: they would cut a thought.
 */
export function generationFields(
  params: ModelParams,
  how: WriteOptions,
  isAnswer: boolean,
): Readonly<Record<string, unknown>> & { readonly stop?: readonly string[] } {
  const { stop = [] } = how;
  const stopStrings = stop.length === 0 && isAnswer ? params.stop : stop;
  return {
    model: params.model,
    ...params.sampling,
    ...(isAnswer ? params.answerOnly : {}),
    ...(how.temperature === undefined ? {} : { temperature: how.temperature }),
    max_tokens: how.maxTokens,
    ...(stopStrings.length > 0 ? { stop: stopStrings } : {}),
    stream: true,
  };
}

/** Is the thought over, so that what is written now is the answer? */
export function isClosed(thought: string, close: string | null): boolean {
  return close !== null && thought.includes(close);
}

/**
 * Tokens of a prompt with the opening tag behind it. A tag is 1 token with its newline, or spelled in pieces
 * of 2 to 4 characters: counted on the safe side, so that no request asks for more than the context holds.
 */
export function withOpeningTag(
  tokens: number | null,
  addedCharacters: number,
): Pick<Opening, "promptTokens" | "tagTokens"> {
  if (tokens === null || addedCharacters === 0) return { promptTokens: tokens };
  const tagTokens = Math.ceil(addedCharacters / 2);
  return { promptTokens: tokens + tagTokens, tagTokens };
}
