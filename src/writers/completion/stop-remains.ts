import { heldTagLength } from "../../core/step-boundary.js";

/**
 * Takes the beginning of a stop string off the end of a text. Servers that stream each token at once and cut
 * the stop string out when it is whole have sent its first tokens by then: a line break too many in the
 * thought. What may be such a beginning is held back until more text tells. Not for servers that hold it
 * back themselves (SGLang): a text that ends like such a beginning would be cut twice.
 */
export class StopRemains {
  readonly #stop: readonly string[];
  #held = "";

  constructor(stop: readonly string[]) {
    this.#stop = stop;
  }

  /**
   * @param end - how the text ends here: `null` for not yet, `stop` where a stop string ended it
   * @returns what of the text so far is certain, and was not returned before
   */
  read(text: string, end: "stop" | "other" | null): string {
    const whole = this.#held + text;
    this.#held = "";
    if (end === "other" || this.#stop.some((stop) => whole.includes(stop))) return whole;
    const length = Math.max(0, ...this.#stop.map((stop) => heldTagLength(whole, stop)));
    const certain = whole.slice(0, whole.length - length);
    if (end === null) this.#held = whole.slice(certain.length);
    return certain;
  }
}
