import type { ThinkingTags } from "../../core/thinking-tags.js";

/** A whole reply as a model wrote it, in its two halves. */
export interface SplitReply {
  readonly thought: string;
  readonly answer: string;
}

/** @param tags - `false`: there is no thought */
export function splitThought(text: string, tags: ThinkingTags | false): SplitReply {
  if (tags === false) return { thought: "", answer: text.trim() };
  const lead = text.trimStart();
  const begun = lead.startsWith(tags.open) ? lead.slice(tags.open.length) : lead;
  const at = begun.indexOf(tags.close);
  // A thought that was not closed has no answer behind it.
  if (at === -1) return { thought: begun.trim(), answer: "" };
  return { thought: begun.slice(0, at).trim(), answer: begun.slice(at + tags.close.length).trim() };
}

/** Tells, while a whole reply comes in pieces, when its answer begins. */
export class AnswerStart {
  readonly #close: string;
  #closed: boolean;
  /** In which a closing tag may have begun. */
  #tail = "";

  constructor(tags: ThinkingTags | false) {
    this.#close = tags === false ? "" : tags.close;
    this.#closed = tags === false;
  }

  /** @returns true where the answer's text has begun */
  push(piece: string): boolean {
    if (this.#closed) return piece.trim() !== "";
    const seen = this.#tail + piece;
    const at = seen.indexOf(this.#close);
    if (at === -1) {
      this.#tail = this.#close.length > 1 ? seen.slice(1 - this.#close.length) : "";
      return false;
    }
    this.#closed = true;
    return seen.slice(at + this.#close.length).trim() !== "";
  }
}
