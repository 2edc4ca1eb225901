import { firstNonBlank, withoutLineBreaks } from "../../core/step-boundary.js";
import type { Answered, TokenUsage } from "../../router/step-writer.js";
import { firstChoice } from "../completion/first-choice.js";
import { meaningOf } from "../completion/read-finish-reason.js";
import type { BesideUsage } from "../completion/read-speculation.js";
import { readUsage, silence } from "../completion/read-usage.js";
import type { OpenAIAccess } from "../connection/openai-client.js";
import { BrokenStream } from "../connection/read-events.js";
import { abortError } from "../connection/retries.js";
import { incompleteReply, streamError } from "../connection/server-error.js";
import type { ToolCallPart } from "./tool-call-part.js";
import { ToolCallParts } from "./tool-call-parts.js";
import { withheld } from "./withheld.js";

/** A chunk of a streamed chat completion, as far as an answer needs it. */
interface ChatChunk extends BesideUsage {
  readonly choices?: readonly {
    readonly index?: number;
    readonly delta?: ChatDelta | null;
    readonly finish_reason?: string | null;
    readonly stop_reason?: string | number | null;
    readonly matched_stop?: string | number | null;
  }[];
  readonly usage?: unknown;
}

interface ChatDelta {
  readonly content?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly {
    readonly index?: number | null;
    readonly id?: string | null;
    readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
  }[];
}

type ChatAnswer = Answered<ToolCallPart>;

/**
 * Reads an answer that was asked for as a chat. Where the connection broke, no end is told: the router calls it
 * cut.
 *
 * @param from.keepReasoning - the thought is closed: what a reasoning parser still calls reasoning is the
 * answer's text. Without it, reasoning is a thought of the model's own, and dropped
 * @param from.tools - names of the tools that may be called
 * @throws GlimpRouterError `server` on an error inside the stream, or an end that is none
 */
export async function* readChatAnswer(
  stream: AsyncIterable<unknown>,
  from: {
    readonly access: OpenAIAccess;
    readonly keepReasoning: boolean;
    readonly tools?: readonly string[];
    readonly signal?: AbortSignal | undefined;
  },
): AsyncGenerator<ChatAnswer, void, void> {
  const { access, signal } = from;
  const heard = new HeardAnswer(from.keepReasoning, from.tools);
  try {
    for await (const chunk of stream) {
      const items = [...heard.read(chunk as ChatChunk)];
      yield* items.length === 0 ? [silence({})] : items;
    }
  } catch (error) {
    const isCut = error instanceof BrokenStream;
    if (!heard.isOver && !isCut && !signal?.aborted) throw streamError(error, access, "answering");
  }
  if (signal?.aborted) throw abortError(signal);
  const end = heard.end(access);
  if (end !== null) yield end;
}

/** What a stream has said so far. */
class HeardAnswer {
  readonly #keepReasoning: boolean;
  readonly #calls: ToolCallParts;
  #finish: string | null = null;
  #matchedStop = false;
  #called = false;
  #begun = false;
  /** Blanks of the line that the text may begin on. */
  #lead = "";
  #usage: { readonly usage?: TokenUsage } = {};

  constructor(keepReasoning: boolean, tools: readonly string[] = []) {
    this.#keepReasoning = keepReasoning;
    this.#calls = new ToolCallParts(tools);
  }

  get isOver(): boolean {
    return this.#finish !== null;
  }

  *read(chunk: ChatChunk): Generator<ChatAnswer, void, void> {
    const { choices, usage } = chunk;
    if (usage) this.#usage = readUsage(usage, chunk);
    const choice = firstChoice(choices);
    // What a server sends behind the end is no part of the answer; its usage is counted.
    if (choice === undefined || this.isOver) return;
    const { text, dropped } = this.#textOf(choice.delta ?? {});
    if (text !== "") yield { type: "text", text, tokens: [], ...this.#usage };
    else if (dropped !== "") yield withheld({ type: "text", text: dropped, tokens: [] });
    for (const { index, id, function: called } of choice.delta?.tool_calls ?? []) {
      this.#called = true;
      const part = this.#calls.read({ index, id, name: called?.name, args: called?.arguments });
      yield { type: "part", part, ...this.#usage };
    }
    if (choice.finish_reason) this.#finish = choice.finish_reason;
    // vLLM's name, or SGLang's; llama.cpp does not tell.
    if (typeof (choice.stop_reason ?? choice.matched_stop) === "string") this.#matchedStop = true;
  }

  /** `null` where the stream was cut. */
  end(access: OpenAIAccess): ChatAnswer | null {
    const reason = this.#finish;
    if (reason === null) return null;
    const meaning = meaningOf(reason);
    if (meaning === "length") return { type: "end", reason: "length", ...this.#usage };
    if (meaning === "withheld" || meaning === "unknown") {
      throw incompleteReply(access, "answer", reason);
    }
    if (this.#called) return { type: "end", reason: "tool_calls", ...this.#usage };
    const isStop = meaning === "stop-string" || (meaning === "end" && this.#matchedStop);
    return { type: "end", reason: isStop ? "stop" : "eos", ...this.#usage };
  }

  /** The model's own thought is dropped, where that of the router is in the prompt. */
  #textOf(delta: ChatDelta): { readonly text: string; readonly dropped: string } {
    const thought = delta.reasoning ?? delta.reasoning_content ?? "";
    const content = delta.content ?? "";
    return this.#keepReasoning
      ? { text: this.#added(thought + content), dropped: "" }
      : { text: this.#added(content), dropped: thought };
  }

  #added(text: string): string {
    if (this.#begun) return text;
    // The blank line behind a closed thought is written by the template, or by the model; indentation is text.
    const begun = withoutLineBreaks(this.#lead + text);
    this.#begun = firstNonBlank(begun) !== -1;
    this.#lead = this.#begun ? "" : begun;
    return this.#begun ? begun : "";
  }
}
