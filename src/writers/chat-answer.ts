import { askForAnswer } from "../prompt/ask-prompt.js";
import type { ThoughtPrompt } from "../prompt/thought-prompt.js";
import { type OpenAIMessage, toOpenAIMessages } from "../prompt/to-openai-messages.js";
import type { AnswerOptions, StepWriter } from "../router/step-writer.js";
import { answerCarrier, carryingMessage } from "./answer-carrier.js";
import { generationFields } from "./generation-fields.js";
import { type ModelParams, modelParams } from "./model-params.js";
import type { OpenAIAccess } from "./openai-client.js";
import type { PromptTextSource } from "./prompt-text/prompt-text-source.js";
import { readChatAnswer } from "./read-chat-answer.js";
import { openStream } from "./send-request.js";
import { serverError } from "./server-error.js";
import type { ToolCallPart } from "./tool-call-part.js";

/** Where an answer in chat is asked for. */
export interface ChatAnswerOptions {
  readonly access: OpenAIAccess;
  /** The server's rendering, to see what becomes of a carried thought. */
  readonly promptText: PromptTextSource;
  /** The server's own fields for a request. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a chat answer goes on from, and how its text is to be read. */
interface Asked {
  readonly messages: readonly OpenAIMessage[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly keepReasoning: boolean;
}

/**
 * Answers with tools or in a given form: through the chat interface, whose parsers read tool calls and hold
 * the answer to its form. The closed thought goes along, in the way in which the server's template keeps it;
 * where none does, the thought goes into the prompt, with thinking switched off.
 */
export function chatAnswer(
  options: ChatAnswerOptions,
): NonNullable<StepWriter<ThoughtPrompt, ToolCallPart>["answer"]> {
  const { access } = options;
  return async function* answer(_from, prompt, thought, how, signal) {
    signal?.throwIfAborted();
    const failed = (error: unknown) => {
      throw signal?.aborted ? error : serverError(error, access, "answering");
    };
    const params = modelParams(access);
    const asked = await askedWith(options, params, prompt, thought, signal).catch(failed);
    const body = chatBody(params, prompt, how, asked, options.fields);
    const stream = await openStream(access, "chat", body, signal).catch(failed);
    yield* readChatAnswer(stream, { access, keepReasoning: asked.keepReasoning, signal });
  };
}

async function askedWith(
  { access, promptText }: ChatAnswerOptions,
  params: ModelParams,
  prompt: ThoughtPrompt,
  thought: string,
  signal?: AbortSignal,
): Promise<Asked> {
  const { thinking, tools = null } = prompt;
  const messages = toOpenAIMessages(prompt.messages);
  const { model, rendering } = params;
  if (thinking === false) return { messages, fields: rendering, keepReasoning: true };
  const request = { model, messages, tools, rendering };
  const carrier = await answerCarrier(access, promptText, request, thinking, signal);
  if (carrier === null) {
    const asked = askForAnswer(prompt.messages, { thought });
    const fields = withoutThinking(rendering);
    return { messages: toOpenAIMessages(asked), fields, keepReasoning: false };
  }
  return {
    messages: [...messages, carryingMessage(carrier, thought, thinking)],
    fields: { ...rendering, continue_final_message: true, add_generation_prompt: false },
    keepReasoning: true,
  };
}

/** The two names under which templates have the switch; one that has none thinks once more, unseen. */
function withoutThinking(rendering: ModelParams["rendering"]): Readonly<Record<string, unknown>> {
  const given = rendering.chat_template_kwargs as Record<string, unknown> | undefined;
  return {
    ...rendering,
    chat_template_kwargs: { ...given, enable_thinking: false, thinking: false },
  };
}

function chatBody(
  params: ModelParams,
  { answer = {} }: ThoughtPrompt,
  how: AnswerOptions,
  asked: Asked,
  fields: ChatAnswerOptions["fields"],
): Record<string, unknown> {
  return {
    ...generationFields(params, { ...how, topLogprobs: 0 }, true),
    ...asked.fields,
    messages: asked.messages,
    ...answer,
    ...fields,
  };
}
