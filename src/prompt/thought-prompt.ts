import type { BaseMessage } from "@langchain/core/messages";
import type { ThinkingTags } from "../core/thinking-tags.js";
import type { Affinity } from "../router/step-writer.js";

/** What the chat model hands to `StepWriter.open`: opaque to the router, read by the writers. */
export interface ThoughtPrompt {
  readonly messages: readonly BaseMessage[];
  /** The tags around the thought, or `false` where the whole reply is one. */
  readonly thinking: ThinkingTags | false;
  /** Tools in OpenAI's format, for the rendering. */
  readonly tools?: readonly Record<string, unknown>[];
  /** What is asked of the answer; for `StepWriter.answer`. */
  readonly answer?: AnswerFields;
  /** Goes with the requests that render the prompt; later ones find it in their opening. */
  readonly affinity?: Affinity;
}

/** Fields of a chat request that shape an answer, in OpenAI's format. */
export interface AnswerFields {
  readonly tools?: readonly Record<string, unknown>[];
  readonly tool_choice?: "auto" | "none" | "required" | Readonly<Record<string, unknown>>;
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: Readonly<Record<string, unknown>>;
}
