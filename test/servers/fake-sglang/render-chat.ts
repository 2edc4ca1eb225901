import {
  BOS,
  TEMPLATES,
  type TemplateMessage,
  type TemplateName,
} from "../script/chat-templates.js";

/**
 * What SGLang makes of the messages of a chat request, or of /tokenize. A trailing message of the assistant's
 * is appended to the generation prompt with `continue_final_message`, or `add_generation_prompt: false`, and
 * WITHOUT either becomes a message of the
 * user's, silently.
 */
export function renderChat(
  template: TemplateName,
  body: Readonly<Record<string, unknown>>,
): string {
  const messages = body.messages as readonly TemplateMessage[];
  const last = messages.at(-1);
  const continues = body.continue_final_message === true || body.add_generation_prompt === false;
  const continued = last?.role === "assistant" && continues;
  const input = {
    messages: continued ? messages.slice(0, -1) : messages.map(asUserIfLast),
    tools: Array.isArray(body.tools) ? body.tools : undefined,
    kwargs: (body.chat_template_kwargs ?? {}) as Record<string, unknown>,
    addGenerationPrompt: true,
  };
  return TEMPLATES[template](input) + (continued ? last.content : "");
}

function asUserIfLast(
  message: TemplateMessage,
  index: number,
  all: readonly TemplateMessage[],
): TemplateMessage {
  const trailing = index === all.length - 1 && message.role === "assistant";
  return trailing ? { ...message, role: "user" } : message;
}

/** Special tokens, which `skip_special_tokens` leaves out. */
export function withoutSpecialTokens(text: string): string {
  return text.replace(/<[|｜][^<>]*[|｜]>|<\/?s>/g, "");
}

/** A tokenizer that adds a BOS adds it to every text. */
export function withTokenizerBos(text: string, template: TemplateName, adds: boolean): string {
  return adds ? BOS[template] + text : text;
}
