import { heldTagLength } from "../../core/step-boundary.js";

/** Ends a text at a stop string on this side: the server is not told of it. What may begin one is held back. */
export class LocalStop {
  readonly #stop: readonly string[];
  #held = "";

  constructor(stop: readonly string[]) {
    this.#stop = stop;
  }

  /** @returns what of the text so far is certain and was not returned before, and the stop string that ends it here */
  read(text: string): { readonly text: string; readonly matched: string | null } {
    const whole = this.#held + text;
    const found = this.#stop
      .map((stop) => ({ stop, at: whole.indexOf(stop) }))
      .filter(({ at }) => at !== -1)
      .sort((a, b) => a.at - b.at)[0];
    if (found !== undefined) return { text: whole.slice(0, found.at), matched: found.stop };
    const length = Math.max(0, ...this.#stop.map((stop) => heldTagLength(whole, stop)));
    this.#held = whole.slice(whole.length - length);
    return { text: whole.slice(0, whole.length - length), matched: null };
  }

  /** What is held back, at an end of another kind. */
  rest(): string {
    const rest = this.#held;
    this.#held = "";
    return rest;
  }
}
