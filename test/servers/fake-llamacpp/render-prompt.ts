import {
  BOS,
  TEMPLATES,
  type TemplateMessage,
  type TemplateName,
} from "../script/chat-templates.js";
import { continuesByFlag, hasTools } from "./chat-flags.js";
import type { FakeLlamacppOptions, LlamacppViolation } from "./fake-llamacpp-options.js";
import { LlamacppError } from "./llamacpp-error.js";

type Body = Readonly<Record<string, unknown>>;
type RenderOptions = Pick<FakeLlamacppOptions, "knowsTools"> & { readonly template: TemplateName };

/** What a chat request is about, once llama.cpp has rendered it. */
export interface RenderedChat {
  /** Without a BOS, which the server adds when it tokenizes. */
  readonly prompt: string;
  /** The text of the assistant's that is gone on with; "" for a new turn. */
  readonly prefill: string;
  /** What the server takes with 200, and gets wrong. */
  readonly noticed: readonly LlamacppViolation[];
}

/**
 * What llama.cpp makes of the messages of a chat request, or of /apply-template.
 *
 * A trailing assistant message is gone on with, with or without flags. Templates that know think tags get
 * the thought closed, empty, before it: only `reasoning_content` goes on with a thought.
 */
export function renderPrompt(
  { template, knowsTools = true }: RenderOptions,
  body: Body,
): RenderedChat {
  const messages = messagesOf(body);
  const last = continuedMessage(messages, body);
  const continues = last !== null;
  const isEmpty = continues && last.content === "" && (last.reasoning_content ?? "") === "";
  const text = TEMPLATES[template]({
    messages: continues ? messages.slice(0, -1) : messages,
    // Shown with `tool_choice: "none"`, too.
    tools: knowsTools && Array.isArray(body.tools) ? body.tools : undefined,
    kwargs: (body.chat_template_kwargs ?? {}) as Record<string, unknown>,
    addGenerationPrompt: !isEmpty,
  });
  const thoughtIsOver = body.continue_final_message === "content";
  const prefill = continues && !isEmpty ? prefillOf(template, last, thoughtIsOver) : "";
  const bos = BOS[template];
  const opened = continues && template === "r1" ? text.replace(/<think>\n$/, "") : text;
  const noticed: LlamacppViolation[] = [];
  if (last?.role === "user") noticed.push("user_continued");
  if (isEmpty) noticed.push("no_header");
  if (!knowsTools && hasTools(body)) noticed.push("unparsed_tools");
  return {
    prompt: (opened.startsWith(bos) ? opened.slice(bos.length) : opened) + prefill,
    prefill,
    noticed,
  };
}

/** The last message, where it is gone on with: the assistant's always, another's by flag. */
function continuedMessage(
  messages: readonly TemplateMessage[],
  body: Body,
): TemplateMessage | null {
  const last = messages.at(-1);
  const flagged = continuesByFlag(body);
  if (last === undefined || (!flagged && last.role !== "assistant")) return null;
  if (!flagged && messages.at(-2)?.role === "assistant") {
    throw new LlamacppError(
      400,
      "Cannot have 2 or more assistant messages at the end of the list.",
    );
  }
  if (last.tool_calls !== undefined) {
    throw new LlamacppError(400, "Cannot continue an assistant message that contains tool calls.");
  }
  return last;
}

function messagesOf({ messages }: Body): readonly TemplateMessage[] {
  if (!Array.isArray(messages)) throw new LlamacppError(400, "'messages' is required");
  return messages.map((message: TemplateMessage) => {
    const content: unknown = message.content;
    if (!Array.isArray(content)) return { ...message, content: String(content ?? "") };
    const texts = content.map((part: { type: string; text?: string }) => {
      if (part.type !== "text") throw new LlamacppError(400, "unsupported content[].type");
      return part.text ?? "";
    });
    return { ...message, content: texts.join("\n") };
  });
}

/**
 * What stands behind the assistant's header. Tags come as llama.cpp read them from the template: Qwen3's with
 * line breaks, R1's without.
 */
function prefillOf(
  template: TemplateName,
  { content, reasoning_content }: TemplateMessage,
  thoughtIsOver: boolean,
): string {
  if (template === "plain" || template === "trimming") return content;
  const [open, close, empty] =
    template === "qwen3"
      ? ["<think>\n", "\n</think>\n\n", "<think>\n\n</think>\n\n"]
      : ["<think>", "</think>", "<think></think>"];
  if (reasoning_content === undefined) return empty + content;
  // Where there is an answer, the thought is over, too.
  const isOver = thoughtIsOver || content !== "";
  return open + reasoning_content + (isOver ? close + content : "");
}
