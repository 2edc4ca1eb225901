import type { BaseMessage, UsageMetadata } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import type { ThinkingTags } from "../../core/thinking-tags.js";
import type { TokenLogprobs } from "../../core/token-distribution.js";
import { GlimpRouterError } from "../../errors.js";
import { REPLY_IS_COMPLETE } from "../../prompt/ask-prompt.js";
import type {
  Affinity,
  Answered,
  Role,
  TokenUsage,
  WriteOptions,
} from "../../router/step-writer.js";
import type { ToolCallPart } from "../chat-answer/tool-call-part.js";
import { type StreamedPiece, ToolCallParts } from "../chat-answer/tool-call-parts.js";
import { finishReasonOf, meaningOf } from "../completion/read-finish-reason.js";
import { readLogprobs } from "../completion/read-logprobs.js";
import type { Secrets } from "../connection/secrets.js";
import { quote } from "../connection/server-words.js";
import { PromptedText } from "./prompted-text.js";

/** A chunk of a LangChain chat model's stream. */
export interface ReplyChunk {
  readonly text?: string;
  readonly content?: unknown;
  readonly usage_metadata?: UsageMetadata | undefined;
  readonly response_metadata?: Readonly<Record<string, unknown>>;
  readonly additional_kwargs?: Readonly<Record<string, unknown>>;
  readonly tool_call_chunks?: readonly StreamedPiece[];
  readonly tool_calls?: readonly ToolCall[];
}

/** What was asked, and how. */
export interface Prompted {
  readonly messages: readonly BaseMessage[];
  readonly thinking: ThinkingTags | false;
  readonly isAnswer: boolean;
  readonly how: WriteOptions;
  readonly role: Role;
  readonly affinity?: Affinity | undefined;
  /** The user's own model, where the one that is asked was made of it. */
  readonly model?: object;
  /** Names of the tools that the answer may call. */
  readonly tools?: readonly string[];
}

const USUAL_TAGS: ThinkingTags = { open: "<think>", close: "</think>" };

/** The tags that a thought of the model's own has in a reply. */
export function tagsOf({ thinking }: Prompted): ThinkingTags {
  return thinking === false ? USUAL_TAGS : thinking;
}

/** Text of this many characters is about one token: for limits where nobody counts. */
const CHARACTERS_PER_TOKEN = 4;

/** Chunks without text that a reply may have: a model of its provider's may think so long before it writes. */
const MOST_SILENT = 2 ** 17;

/** One reply, as far as it has come. */
export class PromptedReply {
  readonly #asked: Prompted;
  readonly #secrets: () => Secrets;
  readonly #text: PromptedText;
  readonly #calls: ToolCallParts;
  #reason: string | null = null;
  #usage: TokenUsage | null = null;
  #called = false;
  #chunks = 0;
  #silent = 0;
  #characters = 0;

  /** @param secrets - what must not be quoted of the model's */
  constructor(asked: Prompted, secrets: () => Secrets) {
    const { thinking, isAnswer } = asked;
    this.#asked = asked;
    this.#calls = new ToolCallParts(asked.tools);
    this.#secrets = secrets;
    // The closing tag of a thought goes on to the router, which knows what it means.
    const mark = thinking === false && !isAnswer ? REPLY_IS_COMPLETE : null;
    this.#text = new PromptedText(tagsOf(asked), mark);
  }

  /** The text that a chunk adds to the step or the answer. */
  read(chunk: ReplyChunk): string {
    this.#reason = finishReasonOf(chunk) ?? this.#reason;
    this.#count(chunk.usage_metadata);
    const said = textOf(chunk);
    const text = this.#text.read(said);
    if (text !== "" || (said !== "" && this.#text.isBlank)) this.#chunks++;
    else this.#silent++;
    this.#characters += text.length;
    return text;
  }

  /** Candidates, where they are wanted and the model tells them: of a text that is handed on as it came. */
  tokens(chunk: ReplyChunk, text: string): readonly TokenLogprobs[] {
    const k = this.#asked.how.topLogprobs;
    if (k === 0 || text === "" || text !== textOf(chunk)) return [];
    return readLogprobs(chunk.response_metadata?.logprobs, k);
  }

  /** Nothing but silence for longer than any model thinks: from here on the router must count it. */
  get isSilent(): boolean {
    return this.#silent > MOST_SILENT;
  }

  /** The pieces of tool calls in a chunk. A model that does not stream hands out whole calls. */
  calls({ tool_call_chunks = [], tool_calls = [] }: ReplyChunk): readonly ToolCallPart[] {
    const whole = tool_calls.map(({ id, name, args }) => ({
      id,
      name,
      args: JSON.stringify(args),
    }));
    const pieces: readonly StreamedPiece[] = tool_call_chunks.length > 0 ? tool_call_chunks : whole;
    if (pieces.length > 0) this.#called = true;
    return pieces.map((piece) => this.#calls.read(piece));
  }

  /** The reply says that all is written, or as many tokens have come as were wanted. */
  get isEnough(): boolean {
    return this.#text.complete || this.#isOverLimit;
  }

  rest(): string {
    return this.isEnough ? "" : this.#text.end();
  }

  /**
   * @param alwaysTells - the model says why a reply ended: one that does not was cut, and has no end
   * @throws GlimpRouterError `server` where the reply was withheld
   */
  end(alwaysTells: boolean): Extract<Answered<never>, { type: "end" }> | null {
    // The reply's own marks first: after them nothing was read.
    if (this.#text.complete) return { type: "end", reason: "eos" };
    if (this.#isOverLimit && this.#reason === null) return { type: "end", reason: "length" };
    if (this.#reason === null && alwaysTells) return null;
    const usage = this.#usage === null ? {} : { usage: this.#withReasoning(this.#usage) };
    const meaning = this.#reason === null ? "end" : meaningOf(this.#reason);
    if (meaning === "withheld") throw this.#withheld();
    if (meaning === "length") return { type: "end", reason: "length", ...usage };
    if (this.#called) return { type: "end", reason: "tool_calls", ...usage };
    const isStop = !this.#asked.isAnswer || meaning === "stop-string";
    return { type: "end", reason: isStop ? "stop" : "eos", ...usage };
  }

  get #isOverLimit(): boolean {
    const estimate = Math.max(this.#chunks, this.#characters / CHARACTERS_PER_TOKEN);
    return estimate >= this.#asked.how.maxTokens;
  }

  /** Providers send it whole or in parts; LangChain has made parts of either. */
  #count(usage: UsageMetadata | undefined): void {
    if (usage === undefined) return;
    const before: TokenUsage = this.#usage ?? { input_tokens: 0, output_tokens: 0 };
    const reasoning = usage.output_token_details?.reasoning ?? 0;
    const cached = usage.input_token_details?.cache_read;
    this.#usage = {
      input_tokens: before.input_tokens + usage.input_tokens,
      output_tokens: before.output_tokens + usage.output_tokens,
      reasoning_tokens: (before.reasoning_tokens ?? 0) + reasoning,
      // Parts say nothing of it but one.
      cached_tokens:
        cached === undefined ? before.cached_tokens : (before.cached_tokens ?? 0) + cached,
    };
  }

  /**
   * Reasoning was paid for, and is no part of the step. Where nobody says how much of the output it is, more
   * than was asked for is explained by the chunks that came without text.
   */
  #withReasoning({ reasoning_tokens = 0, ...usage }: TokenUsage): TokenUsage {
    const { output_tokens } = usage;
    const isUntold = reasoning_tokens === 0 && output_tokens > this.#asked.how.maxTokens;
    const reasoning = isUntold ? this.#silent : reasoning_tokens;
    // Some providers count it beside their output.
    return reasoning > 0 && reasoning <= output_tokens
      ? { ...usage, reasoning_tokens: reasoning }
      : usage;
  }

  #withheld(): GlimpRouterError {
    const { role } = this.#asked;
    const said = JSON.stringify(quote(this.#reason ?? "", this.#secrets()));
    return new GlimpRouterError(
      `The ${role} model's provider ended the text with ${said}: it is incomplete. Ask otherwise, or use another ${role} model.`,
      { reason: "server", role },
    );
  }
}

/** Text alone: reasoning has blocks and fields of its own. */
function textOf({ text, content }: ReplyChunk): string {
  if (typeof text === "string") return text;
  return typeof content === "string" ? content : "";
}
