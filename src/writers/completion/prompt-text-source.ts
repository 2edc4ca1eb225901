import type { OpenAIMessage } from "../../prompt/to-openai-messages.js";

/** What a chat template is rendered from. */
export interface PromptTextRequest {
  /** The model's name at its server. */
  readonly model: unknown;
  readonly messages: readonly OpenAIMessage[];
  readonly tools: readonly Record<string, unknown>[] | null;
  /** Further fields for the template, such as `chat_template_kwargs`. */
  readonly rendering: Readonly<Record<string, unknown>>;
  /**
   * The last message is the assistant's, and is gone on with; else a new turn of the assistant's begins.
   * `"content"`: its reasoning is over (llama.cpp).
   */
  readonly continueFinalMessage?: boolean | "content";
}

/** A rendered prompt, up to the place where the assistant's words begin. */
export interface PromptText {
  readonly text: string;
  /** Tokens of `text`, `null` where nobody tells. */
  readonly tokens: number | null;
  /** Tokens that prompt and reply may have together, `null` where nobody tells. */
  readonly contextSize: number | null;
  /** The text lacks the BOS that the model expects: the server must add it. */
  readonly serverAddsBos: boolean;
}

/** Where the prompt text is had from. Asked once per reply and model. */
export type PromptTextSource = (
  request: PromptTextRequest,
  signal?: AbortSignal,
) => Promise<PromptText>;
