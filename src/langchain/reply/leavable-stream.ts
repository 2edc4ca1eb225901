import { followSignal } from "../../core/linked-signals.js";

/** Where a stream's call options carry the signal that says: its reader left. */
const READER_LEFT = Symbol("langchain-glimprouter.readerLeft");

/** The signal that `LeavableStream` put into call options, if they come from one. */
export function readerLeft(options: object): AbortSignal | undefined {
  return (options as { readonly [READER_LEFT]?: AbortSignal })[READER_LEFT];
}

/**
 * A stream of core's that can be left at any time. Core's own generator does not notice a `break` before the
 * next token, since `return()` waits for a `next()` that is under way, and then never ends the run; and an
 * abort between two reads leaves it suspended for good. Here `return()` first tells the reply to stop, and a
 * reply that is aborted is read to its end, though nobody asks: its last word is an error with the thought.
 */
export class LeavableStream<Chunk> implements AsyncGenerator<Chunk, void, undefined> {
  readonly #inner: AsyncGenerator<Chunk>;
  readonly #left = new AbortController();
  readonly #unlink: () => void;
  #reading = false;
  #aborted = false;
  /** What an aborted reply still had to say: chunks where it was whole already, else its error. */
  #rest: Promise<Chunk[]> | null = null;

  /**
   * @param start - begins the stream with the call options that it is given
   * @param signal - by which the reply is aborted
   * @param onEnd - called when nobody waits for the signal any more
   */
  constructor(
    start: (mark: { readonly [READER_LEFT]: AbortSignal }) => AsyncGenerator<Chunk>,
    signal: AbortSignal,
    onEnd: () => void,
  ) {
    this.#inner = start({ [READER_LEFT]: this.#left.signal });
    const unfollow = followSignal(signal, this.#onAbort);
    this.#unlink = () => {
      unfollow();
      onEnd();
    };
  }

  async next(): Promise<IteratorResult<Chunk, void>> {
    if (this.#rest !== null) return this.#nextOfRest(this.#rest);
    this.#reading = true;
    try {
      const item = await this.#inner.next();
      if (item.done) this.#unlink();
      if (item.done || !this.#aborted) return item;
      this.#rest = this.#readRest([item.value]);
      return await this.#nextOfRest(this.#rest);
    } catch (error) {
      this.#unlink();
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  async return(): Promise<IteratorResult<Chunk, void>> {
    this.#unlink();
    this.#left.abort(new Error("The reader left the stream."));
    return this.#inner.return(undefined);
  }

  async throw(error: unknown): Promise<IteratorResult<Chunk, void>> {
    this.#unlink();
    return this.#inner.throw(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  readonly #onAbort = (): void => {
    this.#aborted = true;
    // A read under way goes on with the rest itself.
    if (!this.#reading) this.#rest = this.#readRest([]);
  };

  #readRest(chunks: Chunk[]): Promise<Chunk[]> {
    const rest = this.#readToEnd(chunks);
    rest.catch(() => undefined);
    return rest;
  }

  async #readToEnd(chunks: Chunk[]): Promise<Chunk[]> {
    try {
      for (let item = await this.#inner.next(); !item.done; item = await this.#inner.next()) {
        chunks.push(item.value);
      }
      return chunks;
    } finally {
      this.#unlink();
    }
  }

  async #nextOfRest(rest: Promise<Chunk[]>): Promise<IteratorResult<Chunk, void>> {
    const chunks = await rest;
    const value = chunks.shift();
    return value === undefined ? { done: true, value: undefined } : { done: false, value };
  }
}
