/** Turns tokens into text, as part of a text: `before` are the tokens in front of them. */
export type Detokenize = (tokens: readonly number[], before: readonly number[]) => string;

/** A character has at most four bytes in UTF-8, and a token is one byte of it at least. */
const MAX_TOKENS_PER_CHARACTER = 4;

/** Enough for a tokenizer to know whether a leading space belongs to the text. */
const TOKENS_BEFORE = 3;

/** What a detokenizer writes for bytes that are no character (yet). */
const INCOMPLETE = "\uFFFD";

/** Makes a stream of tokens a stream of text, whole characters only. */
export class TokenText {
  readonly #detokenize: Detokenize;
  #before: readonly number[];
  #pending: number[] = [];

  /** @param before - the tokens that the text goes on from */
  constructor(detokenize: Detokenize, before: readonly number[]) {
    this.#detokenize = detokenize;
    this.#before = before.slice(-TOKENS_BEFORE);
  }

  /** Text of the next token: `""` while a character is incomplete, then all of it. */
  push(token: number): string {
    this.#pending.push(token);
    const text = this.#detokenize(this.#pending, this.#before);
    if (text.endsWith(INCOMPLETE) && this.#pending.length < MAX_TOKENS_PER_CHARACTER) return "";
    return this.#settle(text);
  }

  /** Tells the text of any token that might come next, also after the next one was pushed. */
  names(): (token: number) => string {
    const before = this.#before;
    return (token) => this.#detokenize([token], before);
  }

  /** Tokens of a character that is not complete. */
  get pending(): number {
    return this.#pending.length;
  }

  /** What is left when the text has ended in the middle of a character. */
  flush(): string {
    if (this.#pending.length === 0) return "";
    return this.#settle(this.#detokenize(this.#pending, this.#before));
  }

  #settle(text: string): string {
    this.#before = [...this.#before, ...this.#pending].slice(-TOKENS_BEFORE);
    this.#pending = [];
    return text;
  }
}
