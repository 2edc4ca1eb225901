import type { BaseMessage, UsageMetadata } from "@langchain/core/messages";
import type { ThinkingTags } from "../core/thinking-tags.js";
import { GlimpRouterError } from "../errors.js";
import { REPLY_IS_COMPLETE } from "../prompt/ask-prompt.js";
import type { Role, TokenUsage, WriteOptions, Written } from "../router/step-writer.js";
import { AskedText } from "./asked-text.js";
import { hasOpenAIClient } from "./openai-client.js";
import { finishReasonOf, meaningOf } from "./read-finish-reason.js";
import { abortError } from "./send-request.js";
import { answerStatus, requestError } from "./server-error.js";

/** A chunk of a LangChain chat model's stream. */
interface ReplyChunk {
  readonly text?: string;
  readonly content?: unknown;
  readonly usage_metadata?: UsageMetadata | undefined;
  readonly response_metadata?: Readonly<Record<string, unknown>>;
  readonly additional_kwargs?: Readonly<Record<string, unknown>>;
}

/** A LangChain chat model, as far as it is used: by its shape, so one of another copy of core is as good. */
export interface AskedModel {
  stream(
    messages: BaseMessage[],
    options: Readonly<Record<string, unknown>>,
  ): Promise<AsyncIterable<ReplyChunk>>;
  _llmType?(): string;
}

interface Asked {
  readonly messages: BaseMessage[];
  readonly thinking: ThinkingTags | false;
  readonly isAnswer: boolean;
  readonly how: WriteOptions;
  readonly role: Role;
}

const USUAL_TAGS: ThinkingTags = { open: "<think>", close: "</think>" };

/** Text of this many characters is about one token: for limits where nobody counts. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Asks, and reads the reply as the port wants it. The reply's own end is the end of the step that was asked
 * for, so it counts as its stop string. Reasoning of the model's own is no part of the step.
 *
 * @throws GlimpRouterError `server` where the model fails, or its provider withholds the reply
 */
export async function* readAsked(
  model: AskedModel,
  asked: Asked,
  signal?: AbortSignal,
): AsyncGenerator<Written, void, void> {
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const reply = new AskedReply(asked);
  let chunks: AsyncIterator<ReplyChunk> | null = null;
  try {
    const stream = await model.stream(asked.messages, callOptions(asked, own.signal));
    chunks = stream[Symbol.asyncIterator]();
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      const text = reply.read(next.value);
      if (text !== "") yield { type: "text", text, tokens: [] };
      if (reply.isEnough) break;
    }
    if (signal?.aborted) throw abortError(signal);
    const rest = reply.rest();
    if (rest !== "") yield { type: "text", text: rest, tokens: [] };
    const end = reply.end(hasOpenAIClient(model));
    if (end !== null) yield end;
  } catch (error) {
    throw signal?.aborted ? abortError(signal) : modelError(error, model, asked.role);
  } finally {
    signal?.removeEventListener("abort", abort);
    // First the abort: ending the stream alone would wait for its next token.
    own.abort();
    chunks?.return?.().catch(() => undefined);
  }
}

/** No callback but the model's own: a surrounding graph must not take its tokens for the router's. */
function callOptions(
  { how, isAnswer }: Asked,
  signal: AbortSignal,
): Readonly<Record<string, unknown>> {
  const { stop = [] } = how;
  return {
    signal,
    callbacks: [],
    tags: ["nostream", "langsmith:nostream"],
    ...(isAnswer && stop.length > 0 ? { stop: [...stop] } : {}),
  };
}

/** One reply, as far as it has come. */
class AskedReply {
  readonly #asked: Asked;
  readonly #text: AskedText;
  #reason: string | null = null;
  #usage: TokenUsage | null = null;
  #chunks = 0;
  #characters = 0;

  constructor(asked: Asked) {
    const { thinking, isAnswer } = asked;
    this.#asked = asked;
    // The closing tag of a thought goes on to the router, which knows what it means.
    const mark = thinking === false && !isAnswer ? REPLY_IS_COMPLETE : null;
    this.#text = new AskedText(thinking === false ? USUAL_TAGS : thinking, mark);
  }

  /** The text that a chunk adds to the step or the answer. */
  read(chunk: ReplyChunk): string {
    this.#reason = finishReasonOf(chunk) ?? this.#reason;
    this.#count(chunk.usage_metadata);
    const text = this.#text.read(textOf(chunk));
    if (text !== "") this.#chunks++;
    this.#characters += text.length;
    return text;
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
  end(alwaysTells: boolean): Written | null {
    // The reply's own marks first: after them nothing was read.
    if (this.#text.complete) return { type: "end", reason: "eos" };
    if (this.#isOverLimit && this.#reason === null) return { type: "end", reason: "length" };
    if (this.#reason === null && alwaysTells) return null;
    const usage = this.#usage === null ? {} : { usage: this.#usage };
    const meaning = this.#reason === null ? "end" : meaningOf(this.#reason);
    if (meaning === "withheld") throw this.#withheld();
    if (meaning === "length") return { type: "end", reason: "length", ...usage };
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
    const { input_tokens, output_tokens } = this.#usage ?? { input_tokens: 0, output_tokens: 0 };
    this.#usage = {
      input_tokens: input_tokens + usage.input_tokens,
      output_tokens: output_tokens + usage.output_tokens,
    };
  }

  #withheld(): GlimpRouterError {
    const { role } = this.#asked;
    return new GlimpRouterError(
      `The ${role} model's provider ended the text with ${JSON.stringify(this.#reason)}: it is incomplete. Ask otherwise, or use another ${role} model.`,
      { reason: "server", role },
    );
  }
}

/** Text alone: reasoning has blocks and fields of its own. */
function textOf({ text, content }: ReplyChunk): string {
  if (typeof text === "string") return text;
  return typeof content === "string" ? content : "";
}

function modelError(error: unknown, model: AskedModel, role: Role): GlimpRouterError {
  const type = model._llmType?.() ?? "chat";
  return requestError(error, "writing", {
    role,
    who: `The ${role} model (${type})`,
    remedy: remedy(answerStatus(error)),
    secrets: secretsOf(model),
  });
}

function remedy(status: number | null): string {
  if (status === 401 || status === 403) return "Check the model's key.";
  if (status === 404) return "Check the model's name, and its address.";
  if (status === 429)
    return "The provider limits requests: raise the model's `maxRetries`, or wait.";
  if (status === 400 || status === 422) return "The provider refused the request as it is.";
  return 'Check that it works by itself: `await model.invoke("Hi")`.';
}

/** Keys lie in fields of many names; all of them say that they are keys. */
function secretsOf(model: AskedModel): readonly string[] {
  return Object.entries(model)
    .filter(([field, value]) => /key|token|secret/i.test(field) && typeof value === "string")
    .map(([, value]) => value as string);
}
