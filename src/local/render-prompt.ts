import type { BaseMessage } from "@langchain/core/messages";
import { GlimpRouterError } from "../errors.js";
import { renderChatTemplate } from "../prompt/render-chat-template.js";
import { toOpenAIMessages } from "../prompt/to-openai-messages.js";
import type { LocalEngine } from "./local-engine.js";

/** How a model's prompts are rendered. */
export interface PromptSettings {
  /** `null`: the one in the GGUF file. */
  readonly chatTemplate: string | null;
  readonly templateKwargs: Readonly<Record<string, unknown>>;
}

/**
 * Turns messages into the prompt text, up to where the assistant's words begin.
 *
 * @throws GlimpRouterError `invalid_option` where there is no template; `invalid_input` for images
 */
export function renderPrompt(
  engine: LocalEngine,
  { chatTemplate, templateKwargs }: PromptSettings,
  messages: readonly BaseMessage[],
  tools?: readonly Readonly<Record<string, unknown>>[],
): string {
  const template = chatTemplate ?? engine.chatTemplate;
  if (template === null) {
    throw new GlimpRouterError(
      "This GGUF file has no chat template. Give the model's own one as the option `chatTemplate` (Jinja, `chat_template` in its tokenizer_config.json).",
      { reason: "invalid_option" },
    );
  }
  return renderChatTemplate({
    template,
    messages: toOpenAIMessages(messages).map(withPlainText),
    tools,
    bosToken: engine.bosToken,
    eosToken: engine.eosToken,
    kwargs: templateKwargs,
  });
}

/** Many templates print the content as it is: parts of text must be one string. */
function withPlainText(
  message: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!Array.isArray(message.content)) return message;
  return { ...message, content: message.content.map(partText).join("") };
}

function partText(part: unknown): string {
  if (typeof part === "string") return part;
  if (typeof part === "object" && part !== null && "type" in part) {
    if (part.type === "text" && "text" in part && typeof part.text === "string") return part.text;
    throw new GlimpRouterError(
      `A local model reads text only, but a message has a part of type ${JSON.stringify(part.type)}.`,
      { reason: "invalid_input" },
    );
  }
  throw new GlimpRouterError(
    `A local model reads text only, but a message has the part ${JSON.stringify(part)}.`,
    { reason: "invalid_input" },
  );
}
