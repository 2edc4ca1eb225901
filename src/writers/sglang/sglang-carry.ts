import { closingText } from "../../core/thinking-tags.js";
import { type CarryThought, withoutThinking } from "../chat-answer/chat-answer.js";
import type { TextOpening } from "../completion/text-completion.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { tokenize } from "./sglang-tokenize.js";

/**
 * Carries a closed thought as token ids: a chat request of SGLang's that brings `input_ids` is not rendered,
 * so the answer goes on from the very text that the thought was written behind, whatever the template.
 *
 * The switch that turns thinking off reaches no template then. It only tells the server that nothing is left
 * to be thought: with a reasoning parser its grammars (`tool_choice: "required"`) would wait for a closing
 * tag.
 */
export function carryAsIds(access: OpenAIAccess): CarryThought {
  return async ({ from, request, thought, tags }, signal) => {
    const { text, serverAddsBos } = from.data as TextOpening;
    const { model, messages, rendering } = request;
    const prompt = text + thought + closingText(thought, tags);
    const ids = await tokenize(
      access,
      { model, prompt, add_special_tokens: serverAddsBos },
      signal,
    );
    return { messages, fields: { ...withoutThinking(rendering), input_ids: ids } };
  };
}

/**
 * Carries it in a message of the assistant's that is gone on with: SGLang puts such a one behind the prompt of a
 * new turn, whatever the template. For its Rust front end, which ignores `input_ids`.
 */
export const carryInMessage: CarryThought = async ({ from, request, thought, tags }) => {
  const opening = from.opensThought ? "" : `${tags.open}\n`;
  const content = opening + thought + closingText(thought, tags);
  const messages = [...request.messages, { role: "assistant" as const, content }];
  // As the prompt was rendered: a switch would change the prompt before the thought.
  return { messages, fields: { ...request.rendering, continue_final_message: true } };
};
