/** Where a stream's call options carry the signal that says: its reader left. */
const READER_LEFT = Symbol("langchain-glimprouter.readerLeft");

/** The signal that `LeavableStream` put into call options, if they come from one. */
export function readerLeft(options: object): AbortSignal | undefined {
  return (options as { readonly [READER_LEFT]?: AbortSignal })[READER_LEFT];
}

/**
 * A stream of core's that can be left at any time. Core's own generator does not notice a `break` before the
 * next token, since `return()` waits for a `next()` that is under way, and then never ends the run; and a
 * signal that aborts between two reads leaves it suspended for good. Here `return()` first tells the reply
 * to stop, and an abort ends the generator whatever it is doing.
 */
export class LeavableStream<Chunk> implements AsyncGenerator<Chunk, void, undefined> {
  readonly #inner: AsyncGenerator<Chunk>;
  readonly #left = new AbortController();
  readonly #signal: AbortSignal | undefined;
  #reading = false;

  /**
   * @param start - begins the stream with the call options that it is given
   * @param signal - the caller's
   */
  constructor(
    start: (mark: { readonly [READER_LEFT]: AbortSignal }) => AsyncGenerator<Chunk>,
    signal: AbortSignal | undefined,
  ) {
    this.#inner = start({ [READER_LEFT]: this.#left.signal });
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  async next(): Promise<IteratorResult<Chunk, void>> {
    this.#signal?.throwIfAborted();
    this.#reading = true;
    try {
      const item = await this.#inner.next();
      if (item.done) this.#unlink();
      return item;
    } catch (error) {
      this.#unlink();
      throw error;
    } finally {
      this.#reading = false;
      // The signal came together with a chunk: nobody asks for the next one.
      if (this.#signal?.aborted) this.#onAbort();
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
    // A read under way ends by the signal itself; after it this is called once more.
    if (this.#reading) return;
    this.#unlink();
    // What it throws is the abort, which the reader is told at the next read.
    this.#inner.throw(this.#signal?.reason).catch(() => undefined);
  };

  #unlink(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}
