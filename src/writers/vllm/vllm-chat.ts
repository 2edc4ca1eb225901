import { openThought } from "../../prompt/open-thought.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import { type OpenAIMessage, toOpenAIMessages } from "../../prompt/to-openai-messages.js";
import type { Json, Opening, Role, StepWriter, WriteOptions } from "../../router/step-writer.js";
import { carryInMessage, vllmCarriers } from "../chat-answer/answer-carrier.js";
import { chatAnswer } from "../chat-answer/chat-answer.js";
import { chatReader } from "../chat-answer/read-chat-delta.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import { generationFields, isClosed, withOpeningTag } from "../completion/generation-fields.js";
import type { PromptTextSource } from "../completion/prompt-text-source.js";
import { readGeneration } from "../completion/read-generation.js";
import { modelParams } from "../connection/model-params.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { retriesOf } from "../connection/retries.js";
import { openStream } from "../connection/send-request.js";
import { serverError } from "../connection/server-error.js";
import { checkContinued, refusedToContinue } from "./check-continued.js";
import { promptTextOfChat } from "./prompt-text-of-chat.js";
import { tokenizeDetokenize } from "./tokenize-detokenize.js";
import { vllmFields } from "./vllm-fields.js";
import { type VllmOptions, vllmWriterOver } from "./with-priority.js";

const KIND = "vllm-chat";

/** What later requests of the reply need. */
interface ChatOpening {
  readonly messages: readonly OpenAIMessage[];
  readonly tools: readonly Record<string, unknown>[] | null;
  /** What the assistant's message begins with, in every request: then each of them is a continuation. */
  readonly lead: string;
  readonly close: string | null;
}

/** Servers and templates that were seen to continue a message. Failures are not kept. */
const checked = new Set<string>();

/**
 * Continues a thought on a vLLM server as an unfinished assistant message (`continue_final_message`). Images
 * can be in the prompt; but the chat template must write the message as it is, which is checked once per
 * server and template. Log-probabilities come as a list, in which no candidate can hide another.
 *
 * @param model - a `ChatOpenAI` whose base URL is the server's
 * @throws GlimpRouterError `invalid_option` where the model has no usable client
 */
export function vllmChatWriter(
  model: unknown,
  role: Role,
  options: VllmOptions = {},
): StepWriter<ThoughtPrompt> {
  return vllmWriterOver(model, role, options, writerOver);
}

function writerOver(access: OpenAIAccess): StepWriter<ThoughtPrompt, ToolCallPart> {
  const source = tokenizeDetokenize(access, promptTextOfChat(access));
  const fields = vllmFields({ keepStop: false, showTags: false });
  return {
    kind: KIND,
    resumption: { by: "text", retries: retriesOf(access) },
    answer: chatAnswer({ access, carry: carryInMessage(access, source, vllmCarriers), fields }),
    async open(prompt, signal) {
      signal?.throwIfAborted();
      try {
        return await openChat(access, source, prompt, signal);
      } catch (error) {
        if (signal?.aborted) throw error;
        throw serverError(error, access, "rendering the prompt");
      }
    },
    write(from, thought, how, signal) {
      const open = async () => {
        const opening = from.data as unknown as ChatOpening;
        const body = chatRequest(access, opening, thought, how);
        const stream = await openStream(access, "chat", body, signal).catch((error: unknown) => {
          throw refusedToContinue(error, access) ?? error;
        });
        const reader = chatReader(isClosed(thought, opening.close) ? null : opening.close);
        return { stream, reader };
      };
      return readGeneration(open, { access, k: how.topLogprobs, signal });
    },
  };
}

async function openChat(
  access: OpenAIAccess,
  source: PromptTextSource,
  prompt: ThoughtPrompt,
  signal?: AbortSignal,
): Promise<Opening> {
  const { thinking } = prompt;
  const params = modelParams(access);
  const request = {
    model: params.model,
    messages: toOpenAIMessages(prompt.messages),
    tools: prompt.tools ?? params.tools,
    rendering: params.rendering,
  };
  const begun = await source(request, signal);
  const { opensThought } = openThought(begun.text, thinking);
  const { rootURL, role } = access;
  const template = JSON.stringify([rootURL, params.model, params.rendering, thinking, role]);
  if (!checked.has(template)) {
    await checkContinued({ access, request, begun: begun.text, thinking, source }, signal);
    checked.add(template);
  }
  const lead = thinking === false ? "" : `${thinking.open}\n`;
  const data: ChatOpening = {
    messages: request.messages,
    tools: request.tools,
    lead,
    close: thinking === false ? null : thinking.close,
  };
  return {
    kind: KIND,
    data: data as unknown as Json,
    opensThought,
    ...withOpeningTag(begun.tokens, opensThought ? 0 : lead.length),
    contextSize: begun.contextSize,
  };
}

function chatRequest(
  access: OpenAIAccess,
  { messages, tools, lead, close }: ChatOpening,
  thought: string,
  how: WriteOptions,
): Record<string, unknown> {
  const params = modelParams(access);
  const isAnswer = isClosed(thought, close);
  const common = generationFields(params, how, isAnswer);
  return {
    ...common,
    ...params.rendering,
    // One string: parts would be joined by a line break of the server's.
    messages: [...messages, { role: "assistant", content: lead + thought }],
    continue_final_message: true,
    add_generation_prompt: false,
    // The template shows the tools; a choice would need the server's tool parser.
    ...(tools === null ? {} : { tools, tool_choice: "none" }),
    ...(how.topLogprobs > 0 ? { logprobs: true, top_logprobs: how.topLogprobs } : {}),
    // A reasoning parser swallows the closing tag. Where the stop string follows it in one chunk only this names it.
    ...(how.topLogprobs === 0 && close !== null && !isAnswer ? { logprobs: true } : {}),
    ...vllmFields({
      keepStop: common.stop !== undefined && !isAnswer,
      showTags: close !== null && !isAnswer,
      sampling: params.sampling,
    }),
  };
}
