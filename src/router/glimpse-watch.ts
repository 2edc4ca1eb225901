import { boundaryEnd, isGlimpseDue, openStep } from "../core/step-boundary.js";
import type { WriteOptions } from "./step-writer.js";

/**
 * Follows a text token by token and tells where a glimpse is due, so that the distribution (a sort of the
 * whole vocabulary) is read there and nowhere else.
 */
export class GlimpseWatch {
  readonly #delimiter: string;
  readonly #openTag: string | null;
  /** Text since the last boundary. */
  #step: string;

  /** @param thought - the text that is being continued */
  constructor(
    thought: string,
    { delimiter, openTag }: Exclude<WriteOptions["glimpseAt"], undefined>,
  ) {
    this.#delimiter = delimiter;
    this.#openTag = openTag;
    this.#step = openStep(thought, delimiter);
  }

  /** Is the next token's distribution a glimpse? */
  get due(): boolean {
    return isGlimpseDue(this.#step, this.#openTag);
  }

  /**
   * Takes the next token's text.
   *
   * @returns true where a step begins inside it and its first word is there too: `"\n\nWait"`. The glimpse
   * is then this token's own distribution.
   */
  push(text: string): boolean {
    const searched = this.#step.length;
    this.#step += text;
    let end = boundaryEnd(this.#step, this.#delimiter, searched);
    if (end === -1) return false;
    while (end !== -1) {
      this.#step = this.#step.slice(end);
      end = boundaryEnd(this.#step, this.#delimiter);
    }
    return !this.due;
  }
}
