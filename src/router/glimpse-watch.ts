import { delimiterEnd, isGlimpseDue, openStep, tailOf } from "../core/step-boundary.js";
import type { WriteOptions } from "./step-writer.js";

/**
 * Follows a text token by token and tells where a glimpse is due, so that the distribution (a sort of the
 * whole vocabulary) is read there and nowhere else.
 */
export class GlimpseWatch {
  readonly #delimiter: string;
  readonly #openTag: string | null;
  /** Text since the last boundary, as long as its first word has not come. */
  #lead = "";
  /** Once it has: the end of the text, in which a delimiter may have begun. */
  #tail = "";
  #due = true;

  /** @param thought - the text that is being continued */
  constructor(
    thought: string,
    { delimiter, openTag }: Exclude<WriteOptions["glimpseAt"], undefined>,
  ) {
    this.#delimiter = delimiter;
    this.#openTag = openTag;
    this.#goOn(thought);
  }

  /** Is the next token's distribution a glimpse? */
  get due(): boolean {
    return this.#due;
  }

  /**
   * Takes the next token's text.
   *
   * @returns true where a step begins inside it and its first word is there too: `"\n\nWait"`. The glimpse
   * is then this token's own distribution.
   */
  push(text: string): boolean {
    if (this.#due) return this.#goOn(this.#lead + text) && !this.#due;
    const end = delimiterEnd(this.#tail, text, this.#delimiter);
    if (end === -1) {
      this.#tail = tailOf(this.#tail + text, this.#delimiter);
      return false;
    }
    this.#goOn(text.slice(end));
    return !this.#due;
  }

  /**
   * Goes on from a text that begins where a step does.
   *
   * @returns true where there is a boundary in it
   */
  #goOn(text: string): boolean {
    const step = openStep(text, this.#delimiter);
    this.#due = isGlimpseDue(step, this.#openTag);
    this.#lead = this.#due ? step : "";
    this.#tail = this.#due ? "" : tailOf(step.trimStart(), this.#delimiter);
    return step.length < text.length;
  }
}
