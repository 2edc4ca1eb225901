import type { BaseMessage } from "@langchain/core/messages";
import { GlimpRouterError } from "../errors.js";
import { renderChatTemplate } from "../prompt/render-chat-template.js";
import { requireText } from "../prompt/require-text.js";
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
  const rendered = toOpenAIMessages(messages);
  requireText(rendered, { who: "A local model reads text only" });
  return renderChatTemplate({
    template,
    messages: rendered,
    tools,
    bosToken: engine.bosToken,
    eosToken: engine.eosToken,
    kwargs: templateKwargs,
  });
}
