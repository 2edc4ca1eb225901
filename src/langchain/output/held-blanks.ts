/** Holds blanks back until something follows them: a text that never ends in blanks, whenever one looks. */
export class HeldBlanks {
  #blanks = "";

  /** What can be shown now that `delta` has come. */
  add(delta: string): string {
    const whole = this.#blanks + delta;
    const shown = whole.trimEnd();
    this.#blanks = whole.slice(shown.length);
    return shown;
  }
}
