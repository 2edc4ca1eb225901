import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { AIMessageChunk, UsageMetadata } from "@langchain/core/messages";
import type { ThinkingTags } from "../../core/thinking-tags.js";
import type { TokenUsage } from "../../router/step-writer.js";
import type { CalledText, OneCall } from "./one-call.js";
import { AnswerStart, splitThought } from "./split-thought.js";

/** Providers' words for an answer that a limit cut. */
const CUT: readonly unknown[] = ["length", "max_tokens", "MAX_TOKENS"];

/** A whole reply of a chat model, streamed through its own interface as it is configured. */
export async function chatCall(
  model: BaseChatModel,
  { messages, options: { thinking } }: Pick<OneCall, "messages" | "options">,
  signal: AbortSignal,
  now: () => number,
): Promise<CalledText> {
  const told = new ToldReply(thinking);
  let msToAnswer: number | null = null;
  for await (const chunk of await model.stream(messages, { signal })) {
    if (told.read(chunk)) msToAnswer ??= now();
  }
  return { ...told.reply(), msToAnswer, promptTokens: 0, tokens: [] };
}

/** What a provider's chunks have told. */
class ToldReply {
  readonly #tags: ThinkingTags | false;
  #text = "";
  #reasoning = "";
  #finish: unknown = null;
  #usage: TokenUsage | undefined;
  #start: AnswerStart | null = null;

  constructor(tags: ThinkingTags | false) {
    this.#tags = tags;
  }

  /** @returns true where the answer has begun */
  read(chunk: AIMessageChunk): boolean {
    this.#text += chunk.text;
    this.#reasoning += reasoningOf(chunk);
    this.#finish = finishOf(chunk) ?? this.#finish;
    this.#usage = added(this.#usage, chunk);
    if (this.#text.trim() === "") return false;
    this.#start ??= new AnswerStart(this.#tagsInText());
    return this.#start.push(chunk.text);
  }

  reply(): Pick<CalledText, "text" | "reasoning" | "end" | "usage"> {
    const { thought, answer } = splitThought(this.#text, this.#tagsInText());
    return {
      text: answer,
      reasoning: this.#reasoning === "" ? thought : this.#reasoning,
      end: CUT.includes(this.#finish) ? "length" : "eos",
      usage: this.#usage,
    };
  }

  /** A provider keeps its model's thought to itself, as a rule: then the text is the answer alone. */
  #tagsInText(): ThinkingTags | false {
    const tags = this.#tags;
    return tags !== false && this.#text.trimStart().startsWith(tags.open) ? tags : false;
  }
}

function reasoningOf({ additional_kwargs, content }: AIMessageChunk): string {
  const { reasoning_content } = additional_kwargs;
  if (typeof reasoning_content === "string") return reasoning_content;
  if (typeof content === "string") return "";
  const parts = content as readonly { type?: unknown; reasoning?: unknown; thinking?: unknown }[];
  return parts
    .map(({ type, reasoning, thinking }) => (type === "thinking" ? thinking : reasoning))
    .filter((part) => typeof part === "string")
    .join("");
}

function finishOf({ response_metadata }: AIMessageChunk): unknown {
  const { finish_reason, stop_reason, finishReason } = response_metadata as Record<string, unknown>;
  return finish_reason ?? stop_reason ?? finishReason;
}

function added(before: TokenUsage | undefined, chunk: AIMessageChunk): TokenUsage | undefined {
  const { usage_metadata: told } = chunk as unknown as { usage_metadata?: UsageMetadata };
  if (told === undefined) return before;
  const cached = told.input_token_details?.cache_read;
  return {
    input_tokens: (before?.input_tokens ?? 0) + told.input_tokens,
    output_tokens: (before?.output_tokens ?? 0) + told.output_tokens,
    ...(cached === undefined ? {} : { cached_tokens: (before?.cached_tokens ?? 0) + cached }),
  };
}
