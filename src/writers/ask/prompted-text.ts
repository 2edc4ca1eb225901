import { behindClosingTag, heldTagLength } from "../../core/step-boundary.js";
import type { ThinkingTags } from "../../core/thinking-tags.js";

/**
 * The text of a reply that was asked for, without what does not belong to it: a thought of the model's own in
 * tags before it (where its server leaves tags in the text), and the mark that nothing more is to come.
 */
export class PromptedText {
  readonly #tags: ThinkingTags;
  readonly #mark: string | null;
  #at: "start" | "own-thought" | "lead" | "text" = "start";
  #held = "";
  /** The mark was written. */
  complete = false;

  /** @param mark - what the model writes when it is done, `null` for nothing */
  constructor(tags: ThinkingTags, mark: string | null) {
    this.#tags = tags;
    this.#mark = mark;
  }

  /** Only blanks so far: they are text, or lead to a thought of the model's own. */
  get isBlank(): boolean {
    return this.#at === "start" && this.#held.trim() === "";
  }

  /** What of the text so far belongs to the reply, and was not returned before. */
  read(text: string): string {
    this.#held += text;
    if (this.#at === "start") this.#leaveStart();
    if (this.#at === "own-thought") this.#leaveOwnThought();
    if (this.#at === "lead") this.#leaveLead();
    return this.#at === "text" ? this.#take() : "";
  }

  /** What was held back as the beginning of a tag, and was none. */
  end(): string {
    const rest = this.#at === "own-thought" || this.#at === "lead" ? "" : this.#held;
    this.#held = "";
    return rest;
  }

  #leaveStart(): void {
    const begun = this.#held.trimStart();
    const { open } = this.#tags;
    if (begun.startsWith(open)) {
      this.#held = begun.slice(open.length);
      this.#at = "own-thought";
    } else if (!open.startsWith(begun)) {
      this.#at = "text";
    }
  }

  #leaveOwnThought(): void {
    const { close } = this.#tags;
    const end = this.#held.indexOf(close);
    if (end === -1) {
      this.#held = this.#held.slice(-close.length);
      return;
    }
    this.#held = this.#held.slice(end + close.length);
    this.#at = "lead";
  }

  /** The blank line behind a thought is not the reply's; the indentation of the first line is. */
  #leaveLead(): void {
    const text = behindClosingTag(this.#held);
    if (text === null) return;
    this.#held = text;
    this.#at = "text";
  }

  #take(): string {
    const whole = this.#held;
    const mark = this.#mark;
    const end = mark === null ? -1 : whole.indexOf(mark);
    if (end !== -1) {
      this.complete = true;
      this.#held = "";
      return whole.slice(0, end);
    }
    const certain = whole.length - (mark === null ? 0 : heldTagLength(whole, mark));
    this.#held = whole.slice(certain);
    return whole.slice(0, certain);
  }
}
