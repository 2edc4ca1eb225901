import { closingText } from "../../core/thinking-tags.js";
import { GlimpRouterError } from "../../errors.js";
import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { Role } from "../../router/step-writer.js";
import type { PromptTextRequest, PromptTextSource } from "../completion/prompt-text-source.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { answerMessage, quoteFor, secretsOfAccess } from "../connection/server-error.js";
import { showable } from "../connection/server-words.js";
import { showableCause } from "../connection/showable-cause.js";

/** A thought at a boundary: its end is what templates trim, and what the glimpse depends on. */
const THOUGHT = "A step.\n\n";

/**
 * Renders an unfinished assistant message and looks at what the model would see. Templates of reasoning
 * models put an empty thought before it, trim its last blank line, or delete it, and servers answer 200.
 *
 * @param begun - the prompt's text where a new turn of the assistant's begins
 * @throws GlimpRouterError `not_continued` with the end of the prompt as the server rendered it
 */
export async function checkContinued(
  from: {
    readonly access: OpenAIAccess;
    readonly request: PromptTextRequest;
    readonly begun: string;
    readonly thinking: ThoughtPrompt["thinking"];
    readonly source: PromptTextSource;
  },
  signal?: AbortSignal,
): Promise<void> {
  const { access, request, begun, thinking, source } = from;
  const turn = withoutOpeningTag(begun, thinking);
  for (const content of unfinishedContents(access.role, thinking)) {
    const messages = [...request.messages, { role: "assistant", content }];
    const { text } = await source(
      { ...request, messages, continueFinalMessage: true },
      signal,
    ).catch((error: unknown) => {
      throw refusedToContinue(error, access) ?? error;
    });
    if (!text.endsWith(content)) {
      throw notContinued(
        access,
        `it changes the end of the message: of ${JSON.stringify(content)} the prompt keeps ${tail(access, text)}`,
      );
    }
    if (text.slice(0, -content.length).trimEnd() !== turn) {
      throw notContinued(
        access,
        `it puts something between the assistant's header and the message: the prompt ends in ${tail(access, text)}`,
      );
    }
  }
}

/**
 * The thought while it is written; and closed, as large's answer goes on from it: some templates delete it then.
 * Where small answers that shows late, at the answer: it is the exception.
 */
function unfinishedContents(role: Role, thinking: ThoughtPrompt["thinking"]): readonly string[] {
  if (thinking === false) return [THOUGHT];
  const open = `${thinking.open}\n${THOUGHT}`;
  return role === "large" ? [open, open + closingText(THOUGHT, thinking)] : [open];
}

/** vLLM's 400 where the template deletes what is to be continued, as an error of ours; else `null`. */
export function refusedToContinue(error: unknown, access: OpenAIAccess): GlimpRouterError | null {
  const said = answerMessage(error);
  if (!said?.includes("continue_final_message")) return null;
  const cause = showableCause(error, secretsOfAccess(access));
  return notContinued(access, quoteFor(access, said), cause);
}

/** A template that opens the thought does so for a new turn only: ours is in the message. */
function withoutOpeningTag(begun: string, thinking: ThoughtPrompt["thinking"]): string {
  const turn = begun.trimEnd();
  if (thinking === false || !turn.endsWith(thinking.open)) return turn;
  return turn.slice(0, -thinking.open.length).trimEnd();
}

function tail(access: OpenAIAccess, text: string): string {
  return JSON.stringify(showable(text.slice(-120), secretsOfAccess(access)));
}

function notContinued({ role }: OpenAIAccess, why: string, cause?: unknown): GlimpRouterError {
  return new GlimpRouterError(
    `The chat template of the ${role} model does not continue an unfinished assistant message: ${why}. Use \`continuation: "vllm"\`, which needs nothing of the template, or serve the model with a template that writes the message as it is.`,
    { reason: "not_continued", role, cause },
  );
}
