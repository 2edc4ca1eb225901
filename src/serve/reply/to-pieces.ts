import { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import type { AIMessageChunk, BaseMessage, UsageMetadata } from "@langchain/core/messages";
import type { StepDecision } from "../../langchain/output/reply-events.js";
import { routingOf } from "../../langchain/output/routing-of.js";
import { ApiError, toModelError } from "../api-error.js";
import type { ModelCall } from "../models/served-models.js";
import type { CallPiece, ReplyEnd, ReplyPiece, ThoughtPart } from "./reply-piece.js";
import { plainUsage, routedUsage } from "./reply-usage.js";

interface PiecesWanted {
  /** Decisions, too, and whose each piece of the thought is. */
  readonly events: boolean;
  readonly signal: AbortSignal;
}

/**
 * A chat model's reply in pieces, as it is written.
 *
 * @throws ApiError
 */
export async function* toPieces(
  call: Omit<ModelCall, "headers">,
  messages: BaseMessage[],
  { events, signal }: PiecesWanted,
): AsyncGenerator<ReplyPiece, void, void> {
  const decisions: StepDecision[] = [];
  const callbacks = events ? { callbacks: [decisionHandler(decisions)] } : {};
  try {
    const stream = await chunksOf(call, messages, { ...callbacks, signal });
    const end = new EndWriter();
    for await (const chunk of stream) {
      // Not `yield*`: it awaits what is there already, twice a token.
      for (const decision of decisions.splice(0)) yield { type: "decision", decision };
      for (const piece of piecesOf(chunk, events)) yield piece;
      end.read(chunk);
    }
    for (const decision of decisions.splice(0)) yield { type: "decision", decision };
    // A model that was aborted may end as if nothing was.
    signal.throwIfAborted();
    yield end.piece();
  } catch (error) {
    throw toModelError(error, signal);
  }
}

/**
 * A router hears its signal itself. What core's `stream` puts around it, a stream of the web's and a race of each read with the
 * signal, would cost more than all else here. Another model may be deaf: the race lets go of it.
 */
function chunksOf(
  { model, options, isRouted }: Omit<ModelCall, "headers">,
  messages: BaseMessage[],
  more: ModelCall["options"],
): AsyncIterable<AIMessageChunk> | Promise<AsyncIterable<AIMessageChunk>> {
  const asked = { ...options, ...more };
  return isRouted ? model._streamIterator(messages, asked) : model.stream(messages, asked);
}

function decisionHandler(decisions: StepDecision[]): BaseCallbackHandler {
  const handler = BaseCallbackHandler.fromMethods({
    handleCustomEvent: (name: string, decision: unknown) => {
      if (name === "glimprouter_step") decisions.push(decision as StepDecision);
    },
  });
  // In the background it would be told after the text that it is about.
  return Object.assign(handler, { awaitHandlers: true });
}

function piecesOf(chunk: AIMessageChunk, events: boolean): readonly ReplyPiece[] {
  const pieces: ReplyPiece[] = [];
  const { reasoning_content: thought } = chunk.additional_kwargs;
  if (typeof thought === "string" && thought !== "") {
    pieces.push({ type: "thought", text: thought, ...(events ? partOf(chunk) : {}) });
  }
  const { text } = chunk;
  if (text !== "") pieces.push({ type: "answer", text });
  for (const { index = 0, id, name, args = "" } of chunk.tool_call_chunks ?? []) {
    const call: CallPiece = {
      index,
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      args,
    };
    pieces.push({ type: "call", call });
  }
  return pieces;
}

function partOf({ response_metadata }: AIMessageChunk): { readonly part?: ThoughtPart } {
  const part = response_metadata.glimprouter_part as
    | { readonly id: string; readonly name: ThoughtPart["route"] }
    | undefined;
  return part === undefined ? {} : { part: { step: Number(part.id), route: part.name } };
}

/** Providers' words for an answer that a limit cut. */
const CUT: readonly unknown[] = ["length", "max_tokens", "MAX_TOKENS"];

/** What the chunks of a stream tell of its end. */
class EndWriter {
  #last: AIMessageChunk | null = null;
  #usage: UsageMetadata | null = null;
  #finish: unknown = null;
  #calls = false;
  #mustFinish = false;

  read(chunk: AIMessageChunk): void {
    const { finish_reason, stop_reason, finishReason, model_provider } =
      chunk.response_metadata as Readonly<Record<string, unknown>>;
    this.#last = chunk;
    this.#usage = chunk.usage_metadata ?? this.#usage;
    this.#finish = finish_reason ?? stop_reason ?? finishReason ?? this.#finish;
    this.#calls ||= (chunk.tool_call_chunks ?? []).length > 0;
    this.#mustFinish ||= model_provider === "openai";
  }

  /** @throws ApiError 503 where an OpenAI-compatible server's stream broke off: only its end says why it ended */
  piece(): ReplyEnd {
    const routing = (this.#last === null ? undefined : routingOf(this.#last)) ?? null;
    if (this.#last === null || (this.#mustFinish && this.#finish === null)) {
      throw new ApiError(503, "The model's reply broke off.", { code: "model_unavailable" });
    }
    const usage = routing === null ? plainUsage(this.#usage) : routedUsage(routing);
    return { type: "end", finish: this.#reason(), usage, routing };
  }

  #reason(): ReplyEnd["finish"] {
    if (CUT.includes(this.#finish)) return "length";
    return this.#calls ? "tool_calls" : "stop";
  }
}
