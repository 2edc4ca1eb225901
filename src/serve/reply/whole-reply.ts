import type { ReasoningField } from "../serve-options.js";
import { type ReplyHead, toCall, toRouting, toUsage } from "./reply-head.js";
import type { CallPiece, ReplyEnd, ReplyPiece } from "./reply-piece.js";
import { type ShownText, ThoughtShower } from "./show-thought.js";

/** Pieces as one completion of OpenAI's. */
export class WholeReply {
  readonly #thought: ThoughtShower;
  readonly #texts: Record<keyof ShownText, string> = {
    content: "",
    reasoning_content: "",
    reasoning: "",
  };
  readonly #calls = new Map<number, CallPiece>();
  readonly #decisions: object[] = [];

  constructor(reasoningField: ReasoningField) {
    this.#thought = new ThoughtShower(reasoningField);
  }

  add(piece: ReplyPiece): void {
    const shown = this.#thought.show(piece) ?? {};
    for (const [field, text] of Object.entries(shown)) {
      this.#texts[field as keyof ShownText] += text;
    }
    if (piece.type === "call") this.#addCall(piece.call);
    if (piece.type === "decision") this.#decisions.push(piece.decision);
  }

  finish(head: ReplyHead, end: ReplyEnd): object {
    const choice = {
      index: 0,
      message: this.#message(),
      logprobs: null,
      finish_reason: end.finish,
    };
    return {
      ...head,
      object: "chat.completion",
      choices: [choice],
      usage: toUsage(end.usage),
      ...this.#routing(end),
    };
  }

  #routing(end: ReplyEnd): object {
    if (end.routing === null || this.#decisions.length === 0) return toRouting(end);
    return { glimprouter: { ...end.routing, decisions: this.#decisions } };
  }

  #message(): object {
    const { content, reasoning_content, reasoning } = this.#texts;
    const calls = [...this.#calls.values()];
    return {
      role: "assistant",
      content: content === "" && calls.length > 0 ? null : content,
      ...(reasoning_content === "" ? {} : { reasoning_content }),
      ...(reasoning === "" ? {} : { reasoning }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(toCall) }),
      refusal: null,
    };
  }

  #addCall(piece: CallPiece): void {
    const { index, args } = piece;
    const known = this.#calls.get(index);
    const joined = { ...known, ...piece, args: (known?.args ?? "") + args };
    this.#calls.set(index, joined);
  }
}
