import type { ReasoningField } from "../serve-options.js";
import type { ReplyPiece } from "./reply-piece.js";

/** What a client is shown of a piece: texts by the field that they stand in. */
export type ShownText = {
  readonly [Field in "content" | "reasoning_content" | "reasoning"]?: string;
};

/** Puts a thought where the client looks for it. One for each reply. */
export class ThoughtShower {
  readonly #field: ReasoningField;
  #isOpen = false;

  constructor(field: ReasoningField) {
    this.#field = field;
  }

  /** @returns `null` where there is nothing to show */
  show(piece: ReplyPiece): ShownText | null {
    switch (piece.type) {
      case "thought":
        return this.#thought(piece.text);
      case "answer":
        return { content: this.#close() + piece.text };
      case "call":
      case "end": {
        const content = this.#close();
        return content === "" ? null : { content };
      }
      default:
        return null;
    }
  }

  #thought(text: string): ShownText | null {
    if (this.#field === "none") return null;
    if (this.#field !== "think-tags") return { [this.#field]: text };
    const opening = this.#isOpen ? "" : "<think>\n";
    this.#isOpen = true;
    return { content: opening + text };
  }

  #close(): string {
    if (!this.#isOpen) return "";
    this.#isOpen = false;
    return "\n</think>\n\n";
  }
}
