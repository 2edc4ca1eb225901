import {
  renderContinued,
  TEMPLATES,
  TemplateError,
  type TemplateMessage,
  type TemplateName,
} from "../script/chat-templates.js";
import { continuesFinalMessage } from "./validate-request.js";
import { VllmError } from "./vllm-error.js";

/** What vLLM makes of the messages of a chat request, or of /tokenize. */
export function renderMessages(
  template: TemplateName,
  body: Readonly<Record<string, unknown>>,
): string {
  const { messages, tools, chat_template_kwargs } = body;
  if (!Array.isArray(messages)) throw new VllmError(400, "1 validation error: messages required");
  const continues = continuesFinalMessage(body);
  const input = {
    messages: messages.map(toTemplateMessage),
    tools: Array.isArray(tools) ? tools : undefined,
    kwargs: (chat_template_kwargs ?? {}) as Record<string, unknown>,
    addGenerationPrompt: body.add_generation_prompt !== false,
  };
  try {
    const render = TEMPLATES[template];
    return continues ? renderContinued(render, input) : render(input);
  } catch (error) {
    if (error instanceof TemplateError) throw new VllmError(400, error.message);
    throw error;
  }
}

/** Text parts are joined by a line break: that is what vLLM does. */
function toTemplateMessage(message: TemplateMessage): TemplateMessage {
  const content: unknown = message.content;
  if (!Array.isArray(content)) return { ...message, content: String(content ?? "") };
  const texts = content.map((part: { type: string; text?: string }) =>
    part.type === "text" ? (part.text ?? "") : "<image>",
  );
  return { ...message, content: texts.join("\n") };
}
