import type { ReasoningField } from "../serve-options.js";
import { dataEvent } from "./event-stream.js";
import { type ReplyHead, toCall, toRouting, toUsage } from "./reply-head.js";
import type { ReplyEnd, ReplyPiece } from "./reply-piece.js";
import { ThoughtShower } from "./show-thought.js";

interface ChunksWanted {
  readonly reasoningField: ReasoningField;
  /** A chunk without choices behind the last one. */
  readonly includeUsage: boolean;
}

/**
 * Pieces as OpenAI's chunks, each an event. What clients need of them: the role first, `content` in every delta, one `finish_reason`, no
 * choices only behind it. What all chunks of a reply begin with is made to JSON once.
 */
export class ChunksWriter {
  /** Without its closing brace. */
  readonly #head: string;
  readonly #thought: ThoughtShower;
  readonly #includeUsage: boolean;

  constructor(head: ReplyHead, { reasoningField, includeUsage }: ChunksWanted) {
    this.#head = JSON.stringify({ ...head, object: "chat.completion.chunk" }).slice(0, -1);
    this.#thought = new ThoughtShower(reasoningField);
    this.#includeUsage = includeUsage;
  }

  first(): string {
    return this.#chunk({ role: "assistant" });
  }

  /** @returns nothing where nothing is to be shown */
  eventsOf(piece: ReplyPiece): string {
    const shown = this.#thought.show(piece);
    const before = shown === null ? "" : this.#chunk(shown, partOf(piece));
    switch (piece.type) {
      case "call":
        return before + this.#chunk({ tool_calls: [callDelta(piece)] });
      case "decision":
        return this.#chunk({}, { glimprouter: { decision: piece.decision } });
      case "end":
        return before + this.#last(piece);
      default:
        return before;
    }
  }

  /** The record stands on the very last. */
  #last(end: ReplyEnd): string {
    if (!this.#includeUsage) return this.#chunk({}, toRouting(end), end.finish);
    const usage = { usage: toUsage(end.usage), ...toRouting(end) };
    return this.#chunk({}, null, end.finish) + this.#event("", usage);
  }

  #chunk(
    delta: object,
    rest: object | null = null,
    finish_reason: ReplyEnd["finish"] | null = null,
  ): string {
    const shown = JSON.stringify({ content: "", ...delta });
    const finish = finish_reason === null ? "null" : `"${finish_reason}"`;
    return this.#event(
      `{"index":0,"delta":${shown},"logprobs":null,"finish_reason":${finish}}`,
      rest,
    );
  }

  #event(choices: string, rest: object | null): string {
    // A model alone has no record: then there is nothing in it.
    const more = rest === null ? "{}" : JSON.stringify(rest);
    const end = more === "{}" ? "}" : `,${more.slice(1)}`;
    return dataEvent(`${this.#head},"choices":[${choices}]${end}`);
  }
}

function partOf(piece: ReplyPiece): object | null {
  return piece.type === "thought" && piece.part !== undefined
    ? { glimprouter: { part: piece.part } }
    : null;
}

function callDelta({ call }: Extract<ReplyPiece, { type: "call" }>): object {
  return { index: call.index, ...toCall(call) };
}
