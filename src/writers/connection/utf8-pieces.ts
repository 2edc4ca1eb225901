/** Decodes a piece that begins and ends between two characters: it keeps nothing. */
const WHOLE = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Text whose bytes come in pieces. Node decodes a piece of an event in 0.2 us, but in 0.9 with `stream`, which then
 * also makes a text of two bytes a character. Nearly all pieces end with a line, so with a whole character, and need no
 * `stream`.
 */
export class Utf8Pieces {
  readonly #decoder = new TextDecoder();
  /** The next piece may go on with a character, or be the first one, which may begin with a byte order mark. */
  #isOpen = true;

  /** The text of a piece as far as its characters are whole; bytes that are none are U+FFFD, as in `TextDecoder`. */
  decode(piece: Uint8Array | undefined): string {
    const last = piece?.at(-1);
    if (last === undefined) return "";
    const isOpen = this.#isOpen;
    // Only a byte of ASCII is a whole character by itself.
    this.#isOpen = last > 0x7f;
    return isOpen || this.#isOpen
      ? this.#decoder.decode(piece, { stream: true })
      : WHOLE.decode(piece);
  }
}
