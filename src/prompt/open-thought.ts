import { thoughtLead } from "../core/thinking-tags.js";
import { GlimpRouterError } from "../errors.js";
import type { ThoughtPrompt } from "./thought-prompt.js";

/** The tag that a prompt text must not end with when thinking is `false` and no tags are given. */
const USUAL_OPEN_TAG = "<think>";

export interface OpenedThought {
  /** Prompt text with the opening tag behind it: the thought's first character follows. */
  readonly text: string;
  readonly opensThought: boolean;
}

/**
 * Puts the opening tag behind a rendered prompt, unless its template did.
 *
 * @throws GlimpRouterError `not_continued` where the template closed the thought, or opens one although
 * the caller said `thinking: false`
 */
export function openThought(
  promptText: string,
  thinking: ThoughtPrompt["thinking"],
): OpenedThought {
  if (thinking === false) {
    if (promptText.trimEnd().endsWith(USUAL_OPEN_TAG)) {
      throw new GlimpRouterError(
        `\`thinking\` is false, but the chat template opens a thought: the prompt ends in ${tail(promptText)}. Set \`thinking: { open, close }\`, or switch thinking off in the template (often \`chat_template_kwargs: { enable_thinking: false }\`).`,
        { reason: "not_continued" },
      );
    }
    return { text: promptText, opensThought: false };
  }
  const lead = thoughtLead(promptText, thinking);
  if (lead.kind === "closed") {
    throw new GlimpRouterError(
      `The chat template closes the thought before it begins: the prompt ends in ${tail(promptText)}. Switch thinking on in the template (often \`chat_template_kwargs: { enable_thinking: true }\`), or set \`thinking: false\` to route the reply itself.`,
      { reason: "not_continued" },
    );
  }
  return lead.kind === "opened"
    ? { text: promptText, opensThought: true }
    : { text: promptText + lead.text, opensThought: false };
}

function tail(promptText: string): string {
  return JSON.stringify(promptText.slice(-60));
}
