import type { ReasoningField } from "../serve-options.js";
import { type ReplyHead, toCall, toRouting, toUsage } from "./reply-head.js";
import type { ReplyEnd, ReplyPiece } from "./reply-piece.js";
import { ThoughtShower } from "./show-thought.js";

interface ChunksWanted {
  readonly reasoningField: ReasoningField;
  /** A chunk without choices behind the last one. */
  readonly includeUsage: boolean;
}

/**
 * Pieces as OpenAI's chunks. What clients need of them: the role first, `content` in every delta, one `finish_reason`, no
 * choices only behind it.
 */
export class ChunksWriter {
  readonly #head: object;
  readonly #thought: ThoughtShower;
  readonly #includeUsage: boolean;

  constructor(head: ReplyHead, { reasoningField, includeUsage }: ChunksWanted) {
    this.#head = { ...head, object: "chat.completion.chunk" };
    this.#thought = new ThoughtShower(reasoningField);
    this.#includeUsage = includeUsage;
  }

  first(): object {
    return this.#chunk({ role: "assistant" });
  }

  /** @returns no chunk where nothing is to be shown */
  chunksOf(piece: ReplyPiece): readonly object[] {
    const shown = this.#thought.show(piece);
    const before = shown === null ? [] : [{ ...this.#chunk(shown), ...partOf(piece) }];
    switch (piece.type) {
      case "call":
        return [...before, this.#chunk({ tool_calls: [callDelta(piece)] })];
      case "decision":
        return [{ ...this.#chunk({}), glimprouter: { decision: piece.decision } }];
      case "end":
        return [...before, ...this.#last(piece)];
      default:
        return before;
    }
  }

  /** The record stands on the very last. */
  #last(end: ReplyEnd): readonly object[] {
    const finish = this.#chunk({}, end.finish);
    if (!this.#includeUsage) return [{ ...finish, ...toRouting(end) }];
    const usage = { ...this.#head, choices: [], usage: toUsage(end.usage), ...toRouting(end) };
    return [finish, usage];
  }

  #chunk(delta: object, finish_reason: ReplyEnd["finish"] | null = null): object {
    const choice = { index: 0, delta: { content: "", ...delta }, logprobs: null, finish_reason };
    return { ...this.#head, choices: [choice] };
  }
}

function partOf(piece: ReplyPiece): object {
  return piece.type === "thought" && piece.part !== undefined
    ? { glimprouter: { part: piece.part } }
    : {};
}

function callDelta({ call }: Extract<ReplyPiece, { type: "call" }>): object {
  return { index: call.index, ...toCall(call) };
}
