import { firstChoice } from "../../writers/completion/first-choice.js";
import type { PromptTextRequest } from "../../writers/completion/prompt-text-source.js";
import type { OpenAIAccess } from "../../writers/connection/openai-client.js";
import { openStream } from "../../writers/connection/send-request.js";
import type { ParsedReply } from "./server-questions.js";

/** Enough for an opening tag and a word behind it. */
const TOKENS = 6;

/** Sends a plain chat request, as a user of the server would, and looks where the reply comes. */
export async function parsedReply(
  access: OpenAIAccess,
  { model, messages, rendering }: PromptTextRequest,
  signal: AbortSignal,
): Promise<ParsedReply> {
  const body = { model, messages, ...rendering, max_tokens: TOKENS, temperature: 0, stream: true };
  let parsed = false;
  let begins = "";
  for await (const chunk of await openStream(access, "chat", body, signal)) {
    const delta = firstChoice((chunk as ChatChunk).choices)?.delta ?? {};
    const reasoning = delta.reasoning ?? delta.reasoning_content ?? "";
    if (reasoning !== "") parsed = true;
    begins += reasoning + (delta.content ?? "");
  }
  return { parsed, begins };
}

/** vLLM says `reasoning`, llama.cpp and others `reasoning_content`. */
interface ChatChunk {
  readonly choices?: readonly {
    readonly index?: number;
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning?: string | null;
      readonly reasoning_content?: string | null;
    };
  }[];
}
