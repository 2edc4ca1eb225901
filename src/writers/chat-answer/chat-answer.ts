import type { ThinkingTags } from "../../core/thinking-tags.js";
import { askForAnswer } from "../../prompt/ask-prompt.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import { type OpenAIMessage, toOpenAIMessages } from "../../prompt/to-openai-messages.js";
import type { AnswerOptions, Opening, StepWriter } from "../../router/step-writer.js";
import { generationFields } from "../completion/generation-fields.js";
import type { PromptTextRequest } from "../completion/prompt-text-source.js";
import { type ModelParams, modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { openStream } from "../connection/send-request.js";
import { serverError } from "../connection/server-error.js";
import { readChatAnswer } from "./read-chat-answer.js";
import type { ToolCallPart } from "./tool-call-part.js";
import { toolNames } from "./tool-call-parts.js";

/** A chat request whose answer goes on behind a closed thought. */
export interface CarriedThought {
  readonly messages: readonly OpenAIMessage[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The server's way of putting a closed thought before the answer; `null` where it has none for the model. */
export type CarryThought = (
  what: {
    readonly from: Opening;
    readonly request: PromptTextRequest;
    /** Complete, without closing tag. */
    readonly thought: string;
    readonly tags: ThinkingTags;
  },
  signal?: AbortSignal,
) => Promise<CarriedThought | null>;

/** Where an answer in chat is asked for. */
export interface ChatAnswerOptions {
  readonly access: OpenAIAccess;
  readonly carry: CarryThought;
  /** The server's own fields for a request. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a chat answer goes on from, and how its text is to be read. */
interface AskedAnswer extends CarriedThought {
  readonly keepReasoning: boolean;
}

/**
 * Answers with tools or in a response format: through the chat interface, whose parsers read tool calls and hold
 * the answer to its format. The closed thought goes along, in the way in which the server keeps it; where none
 * does, the thought goes into the prompt, with thinking switched off.
 */
export function chatAnswer(
  options: ChatAnswerOptions,
): NonNullable<StepWriter<ThoughtPrompt, ToolCallPart>["answer"]> {
  const { access } = options;
  return async function* answer(from, prompt, thought, how, signal) {
    signal?.throwIfAborted();
    const failed = (error: unknown) => {
      throw signal?.aborted ? error : serverError(error, access, "answering");
    };
    const params = modelParams(access);
    const asked = await askedWith(options, params, { from, prompt, thought }, signal).catch(failed);
    const body = chatBody(params, prompt, how, asked, options.fields);
    const stream = await openStream(access, "chat", body, signal).catch(failed);
    const { keepReasoning } = asked;
    const tools = toolNames(prompt.answer ?? {});
    yield* readChatAnswer(stream, { access, keepReasoning, tools, signal });
  };
}

async function askedWith(
  { carry }: ChatAnswerOptions,
  { model, rendering }: ModelParams,
  turn: { readonly from: Opening; readonly prompt: ThoughtPrompt; readonly thought: string },
  signal?: AbortSignal,
): Promise<AskedAnswer> {
  const { from, prompt, thought } = turn;
  const { thinking: tags, tools = null } = prompt;
  const messages = toOpenAIMessages(prompt.messages);
  if (tags === false) return { messages, fields: rendering, keepReasoning: true };
  const request = { model, messages, tools, rendering };
  const carried = await carry({ from, request, thought, tags }, signal);
  if (carried !== null) return { ...carried, keepReasoning: true };
  return {
    messages: toOpenAIMessages(askForAnswer(prompt.messages, { thought })),
    fields: withoutThinking(rendering),
    keepReasoning: false,
  };
}

/** The two names under which templates have the switch; one that has none thinks once more, unseen. */
export function withoutThinking(
  rendering: ModelParams["rendering"],
): Readonly<Record<string, unknown>> {
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
  asked: AskedAnswer,
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
