import type { ThinkingTags } from "../../core/thinking-tags.js";
import type { OpenAIMessage } from "../../prompt/to-openai-messages.js";
import type { PromptTextRequest, PromptTextSource } from "../completion/prompt-text-source.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { answerStatus } from "../connection/server-error.js";
import type { CarryThought } from "./chat-answer.js";

/** One way in which an unfinished message of the assistant's can carry a closed thought. */
export interface AnswerCarrier {
  readonly continueFinalMessage: true | "content";
  message(thought: string, tags: ThinkingTags): OpenAIMessage;
}

/** As reasoning that the template writes, closed, before the message's (empty) content. */
function inReasoning(continueFinalMessage: AnswerCarrier["continueFinalMessage"]): AnswerCarrier {
  return {
    continueFinalMessage,
    message: (thought) => {
      // The template adds its own line break.
      return { role: "assistant", content: "", reasoning_content: thought.trimEnd() };
    },
  };
}

/** The same, where the tags come without the line breaks that are usual around a thought. */
const inBareReasoning: AnswerCarrier = {
  continueFinalMessage: "content",
  message: (thought) => {
    const reasoning_content = `\n${thought.trimEnd()}\n`;
    return { role: "assistant", content: "\n\n", reasoning_content };
  },
};

/** As tags in the content. */
const inContent: AnswerCarrier = {
  continueFinalMessage: true,
  message: (thought, { open, close }) => ({
    role: "assistant",
    content: `${open}\n${thought.trimEnd()}\n${close}\n\n`,
  }),
};

/** The same, where the template has opened the thought already. */
const inOpenedContent: AnswerCarrier = {
  continueFinalMessage: true,
  message: (thought, { close }) => ({
    role: "assistant",
    content: `${thought.trimEnd()}\n${close}\n\n`,
  }),
};

/** vLLM's templates decide what becomes of reasoning. */
export const vllmCarriers: readonly AnswerCarrier[] = [inReasoning(true), inContent];

/**
 * llama.cpp writes tags as it read them from the template, with line breaks (Qwen3) or without (R1, QwQ);
 * where it read none, reasoning is lost, and content is put behind the prompt of a new turn.
 */
export const llamacppCarriers: readonly AnswerCarrier[] = [
  inReasoning("content"),
  inBareReasoning,
  inContent,
  inOpenedContent,
];

/** A thought with a boundary in it, and no blanks at its ends: templates write those as they like. */
const THOUGHT = "A step.\n\nAnother one.";

/** Carriers by server and template, `null` where none does. Failures are not kept. */
const known = new Map<string, AnswerCarrier | null>();

/**
 * Carries a closed thought in an unfinished message, in the first way that makes the server's rendered prompt
 * end with it. It is rendered, not believed: templates drop reasoning, put an empty thought before the
 * message, or delete the thought. Found once for each server and template.
 *
 * @param carriers - those that the server may understand, best first
 */
export function carryInMessage(
  access: OpenAIAccess,
  source: PromptTextSource,
  carriers: readonly AnswerCarrier[],
): CarryThought {
  return async ({ request, thought, tags }, signal) => {
    const { model, rendering } = request;
    const key = JSON.stringify([access.rootURL, model, rendering, tags]);
    const remembered = known.get(key);
    const carrier =
      remembered === undefined
        ? await findCarrier(source, carriers, { request, tags }, signal)
        : remembered;
    known.set(key, carrier);
    if (carrier === null) return null;
    return {
      messages: [...request.messages, carrier.message(thought, tags)],
      fields: {
        ...rendering,
        continue_final_message: carrier.continueFinalMessage,
        add_generation_prompt: false,
      },
    };
  };
}

async function findCarrier(
  source: PromptTextSource,
  carriers: readonly AnswerCarrier[],
  { request, tags }: { readonly request: PromptTextRequest; readonly tags: ThinkingTags },
  signal?: AbortSignal,
): Promise<AnswerCarrier | null> {
  const begun = (await source(request, signal)).text.trimEnd();
  const turn = begun.endsWith(tags.open) ? begun.slice(0, -tags.open.length).trimEnd() : begun;
  const closed = `${tags.open}\n${THOUGHT}\n${tags.close}`;
  for (const carrier of carriers) {
    const messages = [...request.messages, carrier.message(THOUGHT, tags)];
    const { continueFinalMessage } = carrier;
    const text = await renderOrNull(source, { ...request, messages, continueFinalMessage }, signal);
    if (text === null || !text.endsWith(closed)) continue;
    if (text.slice(0, -closed.length).trimEnd() === turn) return carrier;
  }
  return null;
}

/** `null` where the server refuses to render such a message: an answer to the question, too. */
async function renderOrNull(
  source: PromptTextSource,
  request: PromptTextRequest,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    return (await source(request, signal)).text.trimEnd();
  } catch (error) {
    const status = answerStatus(error);
    if (status === 400 || status === 422) return null;
    throw error;
  }
}
