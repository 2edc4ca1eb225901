import {
  BOS,
  TEMPLATES,
  type TemplateMessage,
  type TemplateName,
} from "../fake-vllm/chat-templates.js";
import { LlamacppError } from "./llamacpp-exchange.js";

type Body = Readonly<Record<string, unknown>>;

/** What a chat request is about, once llama.cpp has rendered it. */
export interface RenderedChat {
  /** Without a BOS, which the server adds when it tokenizes. */
  readonly prompt: string;
  /** The text of the assistant's that is gone on with; "" for a new turn. */
  readonly prefill: string;
  /** A user's message was turned into the assistant's, and is gone on with. */
  readonly userContinued: boolean;
}

/**
 * What llama.cpp makes of the messages of a chat request, or of /apply-template.
 *
 * A trailing assistant message is gone on with, with or without flags. Templates that know think tags get
 * the thought closed, empty, before it: only `reasoning_content` goes on with a thought.
 */
export function renderPrompt(template: TemplateName, body: Body): RenderedChat {
  const messages = messagesOf(body);
  const last = messages.at(-1);
  const flagged = continuesByFlag(body);
  const continues = flagged || last?.role === "assistant";
  if (!flagged && continues && messages.at(-2)?.role === "assistant") {
    throw new LlamacppError(
      400,
      "Cannot have 2 or more assistant messages at the end of the list.",
    );
  }
  if (continues && last?.tool_calls !== undefined) {
    throw new LlamacppError(400, "Cannot continue an assistant message that contains tool calls.");
  }
  const kwargs = (body.chat_template_kwargs ?? {}) as Record<string, unknown>;
  const tools = Array.isArray(body.tools) ? body.tools : undefined;
  const text = TEMPLATES[template]({
    messages: continues ? messages.slice(0, -1) : messages,
    tools,
    kwargs,
    addGenerationPrompt: true,
  });
  const thoughtIsOver = body.continue_final_message === "content";
  const prefill = continues && last !== undefined ? prefillOf(template, last, thoughtIsOver) : "";
  const bos = BOS[template];
  const opened = continues && template === "r1" ? text.replace(/<think>\n$/, "") : text;
  return {
    prompt: (opened.startsWith(bos) ? opened.slice(bos.length) : opened) + prefill,
    prefill,
    userContinued: flagged && last?.role === "user",
  };
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

/** `"content"` goes on behind a thought that is over. */
export function continuesByFlag(body: Body): boolean {
  const { continue_final_message: flag } = body;
  const continues = flag === true || flag === "content";
  if (continues && body.add_generation_prompt !== false) {
    throw new LlamacppError(
      400,
      "Cannot set both add_generation_prompt and continue_final_message to true.",
    );
  }
  return continues;
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
  return open + reasoning_content + (thoughtIsOver ? close + content : "");
}
