import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange } from "../http/exchange.js";
import { ToolCallParser } from "../script/tool-call-parser.js";
import { ChatChunks } from "./chat-chunks.js";
import { breaksOff, type Completion, finalUsageOf, withFault } from "./completion-reply.js";
import { generate, type SglangChunk } from "./generate.js";
import { ReasoningParser } from "./reasoning-parser.js";
import { chatLogprobs } from "./sglang-logprobs.js";

/** Which parsers the server was started with, and whether the request lets them at the text. */
export interface ChatParsers {
  readonly reasoning: boolean;
  readonly tools: boolean;
  /** The server was started with either: log-probabilities that fit no other chunk then come in one of their own. */
  readonly any: boolean;
}

/**
 * Streams a chat reply: the role, then the text as its parsers sort it, then the end in a chunk of its own.
 * What the reasoning parser takes for a thought never reaches the tool parser.
 */
export async function replyInChat(
  exchange: Exchange,
  completion: Completion,
  parsers: ChatParsers,
): Promise<void> {
  exchange.beginStream();
  if (exchange.fault === "close-after-headers") return exchange.hangUp();
  const reply = new ChatReply(exchange, completion, parsers);
  let isFirst = true;
  for (const given of generate(completion.script, completion.sampling)) {
    await sleep(completion.delayMs);
    if (isFirst) await reply.begin();
    isFirst = false;
    await reply.write(withFault(exchange, given));
    if (exchange.record.aborted || (await breaksOff(exchange))) return;
  }
  await reply.end();
}

/** The end as the model wrote it, or as a fault has it; `null` where none is told. */
type End = Pick<SglangChunk, "finish" | "matched"> | null;

class ChatReply {
  readonly #exchange: Exchange;
  readonly #completion: Completion;
  readonly #parsers: ChatParsers;
  readonly #chunks: ChatChunks;
  readonly #thought: ReasoningParser;
  readonly #calls = new ToolCallParser();
  readonly #stats: Readonly<Record<string, unknown>>;
  #written = 0;
  /** Tokens that no chunk has told of. */
  #untold = 0;
  #end: End = null;

  constructor(exchange: Exchange, completion: Completion, parsers: ChatParsers) {
    const { body } = completion;
    this.#exchange = exchange;
    this.#completion = completion;
    this.#parsers = parsers;
    this.#chunks = new ChatChunks(body.model);
    this.#stats = (body.stream_options ?? {}) as Record<string, unknown>;
    this.#thought = new ReasoningParser({
      continued: continuedContent(body),
      streamReasoning: body.stream_reasoning !== false,
    });
  }

  begin(): Promise<void> {
    return this.#send(this.#chunks.plain({ role: "assistant", content: "" }));
  }

  async write(chunk: SglangChunk): Promise<void> {
    const { text, tokens, finish } = chunk;
    this.#written += tokens.length;
    this.#untold += tokens.length;
    if (finish !== null) this.#end = chunk;
    // A reply that was given up is not flushed.
    const isLast = finish === "stop" || finish === "length";
    let logprobs = this.#logprobs(chunk);
    const beside = () => ({ ...(logprobs === null ? {} : { logprobs }), usage: this.#usage() });
    let rest = text;
    if (this.#parsers.reasoning) {
      const sorted = this.#thought.read(text, isLast);
      rest = sorted.normal;
      if (sorted.reasoning !== "") {
        await this.#send(this.#chunks.plain({ reasoning_content: sorted.reasoning }, beside()));
        logprobs = null;
      }
    }
    if (this.#parsers.tools) await this.#writeParsed(rest, isLast);
    else if (rest !== "") {
      await this.#send(this.#chunks.plain({ content: rest }, beside()));
      logprobs = null;
    }
    if (logprobs !== null && this.#parsers.any) {
      await this.#send(this.#chunks.plain({}, beside()));
    }
  }

  async #writeParsed(text: string, isLast: boolean): Promise<void> {
    const { content, parts } = this.#calls.read(text, isLast);
    if (content !== "") await this.#send(this.#chunks.parsed({ content }, this.#usage()));
    for (const part of parts) await this.#send(this.#chunks.call(part, this.#usage()));
  }

  async end(): Promise<void> {
    if (this.#end !== null) {
      const { finish, matched } = this.#end;
      const called = finish === "stop" && this.#calls.found && !this.#calls.isInCall;
      const finish_reason = called ? "tool_calls" : (finish ?? undefined);
      await this.#send(
        this.#chunks.plain(
          {},
          { ...(finish_reason === undefined ? {} : { finish_reason }), matched_stop: matched },
        ),
      );
    }
    if (this.#stats.include_usage) {
      await this.#send(this.#chunks.usage(finalUsageOf(this.#completion, this.#written)));
    }
    this.#exchange.endStream();
  }

  #logprobs({ tokens }: SglangChunk): unknown {
    const { logprobs, temperature } = this.#completion;
    if (logprobs === null || this.#exchange.fault === "no-logprobs") return null;
    return chatLogprobs(tokens, { k: logprobs, temperature });
  }

  #usage(): ReturnType<typeof finalUsageOf> | null {
    return this.#stats.continuous_usage_stats
      ? finalUsageOf(this.#completion, this.#written)
      : null;
  }

  async #send(chunk: object): Promise<void> {
    const tokens = this.#untold;
    this.#untold = 0;
    await this.#exchange.send(chunk, tokens);
  }
}

/** Of the last message, where it is the assistant's and to be gone on with. Also beside `input_ids`. */
export function continuedContent(body: Readonly<Record<string, unknown>>): string {
  const last = (body.messages as readonly { role: string; content: unknown }[]).at(-1);
  const continues = body.continue_final_message === true && last?.role === "assistant";
  return continues && typeof last.content === "string" ? last.content : "";
}
