import type { ThinkingTags } from "../core/thinking-tags.js";
import type { OpenAIMessage } from "../prompt/to-openai-messages.js";
import type { OpenAIAccess } from "./openai-client.js";
import type { PromptTextRequest, PromptTextSource } from "./prompt-text/prompt-text-source.js";
import { answerStatus } from "./server-error.js";

/**
 * How a chat request can carry a closed thought that the answer goes on from: as `reasoning_content` of an
 * unfinished assistant message, as tags in its content, or (`null`) not at all.
 */
export type AnswerCarrier = "reasoning_content" | "content" | null;

/** A thought with a boundary in it, and no blanks at its ends: templates write those as they like. */
const THOUGHT = "A step.\n\nAnother one.";

/** Carriers by server and template. Failures are not kept. */
const known = new Map<string, AnswerCarrier>();

/**
 * Finds the carrier with which the server's rendered prompt ends with the closed thought. It is rendered, not
 * believed: templates drop reasoning, put an empty thought before the message, or delete the thought.
 */
export async function answerCarrier(
  access: OpenAIAccess,
  source: PromptTextSource,
  request: PromptTextRequest,
  tags: ThinkingTags,
  signal?: AbortSignal,
): Promise<AnswerCarrier> {
  const { model, rendering } = request;
  const key = JSON.stringify([access.rootURL, model, rendering, tags]);
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const begun = (await source(request, signal)).text.trimEnd();
  const turn = begun.endsWith(tags.open) ? begun.slice(0, -tags.open.length).trimEnd() : begun;
  const closed = `${tags.open}\n${THOUGHT}\n${tags.close}`;
  for (const carrier of ["reasoning_content", "content"] as const) {
    const messages = [...request.messages, carryingMessage(carrier, THOUGHT, tags)];
    const text = await renderOrNull(source, { ...request, messages }, signal);
    if (text === null || !text.endsWith(closed)) continue;
    if (text.slice(0, -closed.length).trimEnd() !== turn) continue;
    known.set(key, carrier);
    return carrier;
  }
  known.set(key, null);
  return null;
}

/** The unfinished message of the assistant's that carries a thought. */
export function carryingMessage(
  carrier: NonNullable<AnswerCarrier>,
  thought: string,
  tags: ThinkingTags,
): OpenAIMessage {
  if (carrier === "reasoning_content") {
    return { role: "assistant", content: "", reasoning_content: thought };
  }
  const content = `${tags.open}\n${thought.trimEnd()}\n${tags.close}\n\n`;
  return { role: "assistant", content };
}

/** `null` where the server refuses to render such a message: an answer to the question, too. */
async function renderOrNull(
  source: PromptTextSource,
  request: PromptTextRequest,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const { text } = await source({ ...request, continueFinalMessage: true }, signal);
    return text.trimEnd();
  } catch (error) {
    const status = answerStatus(error);
    if (status === 400 || status === 422) return null;
    throw error;
  }
}
