import {
  AIMessageChunk,
  type AIMessageChunkFields,
  type StandardMessageStructure,
} from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";
import type { TokenLogprobs } from "../core/token-distribution.js";
import type { ChatCall } from "./chat-call.js";
import type { TextWritten } from "./write-text.js";

/** A token in the shape of OpenAI's `logprobs.content`. */
export interface ChatTokenLogprob {
  readonly token: string;
  readonly logprob: number | null;
  /** UTF-8, `null` where the token is a part of a character only. */
  readonly bytes: readonly number[] | null;
  readonly top_logprobs: readonly Omit<ChatTokenLogprob, "top_logprobs">[];
}

/** What the tokens of one item look like to a caller of the chat model; empty without `logprobs`. */
export function chatLogprobs(
  tokens: readonly TokenLogprobs[],
  { logprobs, topLogprobs }: ChatCall,
): ChatTokenLogprob[] {
  if (!logprobs) return [];
  return tokens.map(({ token, logprob, top }) => ({
    token,
    logprob,
    bytes: utf8(token),
    top_logprobs: top
      .slice(0, topLogprobs)
      .map((candidate) => ({ ...candidate, bytes: utf8(candidate.token) })),
  }));
}

/** The message with the metadata that ends a reply: one only, because merging messages adds it up. */
export function endMessage(
  content: string,
  end: Extract<TextWritten, { type: "end" }>,
  modelName: string,
): AIMessageChunk {
  const { input_tokens, output_tokens, cached_tokens, speculation } = end.usage;
  const fields: AIMessageChunkFields<StandardMessageStructure> = {
    content,
    response_metadata: {
      model_name: modelName,
      finish_reason: end.reason === "length" ? "length" : "stop",
      ...(speculation === undefined ? {} : { speculation }),
    },
    usage_metadata: {
      input_tokens,
      output_tokens,
      total_tokens: input_tokens + output_tokens,
      input_token_details: { cache_read: cached_tokens },
    },
  };
  return new AIMessageChunk(fields);
}

/** One chunk of a streamed reply, `null` where there is nothing to tell (text that is held back). */
export function toChatChunk(
  written: TextWritten,
  call: ChatCall,
  modelName: string,
): ChatGenerationChunk | null {
  if (written.type === "end") {
    return new ChatGenerationChunk({ message: endMessage("", written, modelName), text: "" });
  }
  const content = chatLogprobs(written.tokens, call);
  if (written.text === "" && content.length === 0) return null;
  const message = new AIMessageChunk({
    content: written.text,
    response_metadata: content.length === 0 ? {} : { logprobs: { content } },
  });
  return new ChatGenerationChunk({ message, text: written.text });
}

function utf8(token: string): number[] | null {
  return token === "" || token.includes("\uFFFD") ? null : [...new TextEncoder().encode(token)];
}
