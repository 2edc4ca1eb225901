import { heldTagLength } from "../core/step-boundary.js";

/**
 * Cuts a streamed text at the first of some strings. Text that may be the beginning of one is held back
 * until more text tells, so that no part of a stop string is ever shown.
 */
export class StopFilter {
  readonly #stops: readonly string[];
  #held = "";

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /**
   * Takes the next text; gives what may be shown now, and whether a stop string ended it.
   *
   * @param isLast - nothing is waited for: text behind the last token would count as one more
   */
  push(text: string, isLast = false): { readonly text: string; readonly stopped: boolean } {
    const all = this.#held + text;
    const found = this.#stops.map((stop) => all.indexOf(stop)).filter((index) => index !== -1);
    if (found.length > 0) {
      this.#held = "";
      return { text: all.slice(0, Math.min(...found)), stopped: true };
    }
    const held = isLast ? 0 : Math.max(0, ...this.#stops.map((stop) => heldTagLength(all, stop)));
    this.#held = all.slice(all.length - held);
    return { text: all.slice(0, all.length - held), stopped: false };
  }

  /** What was held back, when the text has ended. */
  flush(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }
}
