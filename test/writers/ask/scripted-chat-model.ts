import { setTimeout as sleep } from "node:timers/promises";
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
} from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage, type UsageMetadata } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";

/** Fields of a chunk, as providers' models fill them in. */
interface ScriptedFields {
  readonly content: string | readonly Readonly<Record<string, unknown>>[];
  readonly additional_kwargs?: Record<string, unknown>;
  readonly response_metadata?: Record<string, unknown>;
  readonly usage_metadata?: UsageMetadata;
}

/** One chunk: its text, its fields, or an error that ends the stream. */
export type ScriptedChunk = string | ScriptedFields | Error;

/** One call of the model, as it saw it. */
export interface ScriptedCall {
  readonly messages: readonly BaseMessage[];
  readonly options: BaseChatModelCallOptions;
  /** Chunks that went out. */
  sent: number;
  aborted: boolean;
}

/** A chat model of no provider's that streams what it is told to, and fails on a call too many. */
export class ScriptedChatModel extends BaseChatModel {
  readonly calls: ScriptedCall[] = [];
  readonly #replies: readonly (readonly ScriptedChunk[])[];
  readonly #delayMs: number;
  /** Looks like a key, and must not be quoted. */
  readonly apiKey = "sk-scripted-secret";

  constructor(
    replies: readonly (readonly ScriptedChunk[])[],
    { delayMs = 0, maxRetries = 0 } = {},
  ) {
    super({ maxRetries });
    this.#replies = replies;
    this.#delayMs = delayMs;
  }

  override _llmType(): string {
    return "scripted";
  }

  override _generate(): Promise<ChatResult> {
    throw new Error("A step must be streamed.");
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
  ): AsyncGenerator<ChatGenerationChunk> {
    const reply = this.#replies[this.calls.length];
    const call: ScriptedCall = { messages, options, sent: 0, aborted: false };
    this.calls.push(call);
    if (reply === undefined) throw new Error(`Unexpected call ${this.calls.length}.`);
    options.signal?.addEventListener("abort", () => {
      call.aborted = true;
    });
    for (const chunk of reply) {
      await sleep(this.#delayMs, undefined, { signal: options.signal ?? undefined } as object);
      options.signal?.throwIfAborted();
      if (chunk instanceof Error) throw chunk;
      call.sent++;
      const fields = typeof chunk === "string" ? { content: chunk } : chunk;
      yield new ChatGenerationChunk({
        text: typeof fields.content === "string" ? fields.content : "",
        message: new AIMessageChunk(fields as never),
      });
    }
  }

  /** What the last message of a call said. */
  asked(call: number): string {
    const content = this.calls[call]?.messages.at(-1)?.content;
    return typeof content === "string" ? content : JSON.stringify(content);
  }
}
