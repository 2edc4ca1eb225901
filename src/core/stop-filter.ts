import { heldTagLength } from "./step-boundary.js";

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
   * Takes the next text; gives what may be shown now, and the stop string that ended it: the first in the text, `null` for
   * none.
   *
   * @param isLast - nothing is waited for: text behind the last token would count as one more
   */
  push(text: string, isLast = false): { readonly text: string; readonly matched: string | null } {
    const all = this.#held + text;
    this.#held = "";
    let [end, matched]: [number, string | null] = [all.length, null];
    for (const stop of this.#stops) {
      const at = all.indexOf(stop);
      if (at !== -1 && (matched === null || at < end)) [end, matched] = [at, stop];
    }
    if (matched !== null) return { text: all.slice(0, end), matched };
    const held = isLast ? 0 : Math.max(0, ...this.#stops.map((stop) => heldTagLength(all, stop)));
    this.#held = all.slice(all.length - held);
    return { text: all.slice(0, all.length - held), matched };
  }

  /** What was held back, when the text has ended. */
  flush(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }
}
