import type { NextRequest } from "./next-request.js";
import type { Opening, Role, StepWriter, Written } from "./step-writer.js";

/** One request with a switch of its own: a bare `break` would wait for the next token. */
export class OpenRequest {
  readonly #controller = new AbortController();
  readonly #iterator: AsyncIterator<Written>;
  readonly #signal: AbortSignal | undefined;
  #over = false;

  constructor(
    from: {
      readonly writers: Readonly<Record<Role, StepWriter>>;
      readonly openings: Readonly<Record<Role, Opening>>;
      readonly signal?: AbortSignal | undefined;
    },
    { role, thought, how }: NextRequest,
  ) {
    this.#signal = from.signal;
    // May throw: then there is nothing to close yet.
    this.#iterator = from.writers[role]
      .write(from.openings[role], thought, how, this.#controller.signal)
      [Symbol.asyncIterator]();
    this.#signal?.addEventListener("abort", this.abort, { once: true });
  }

  /** The next item, `null` where the stream is over. */
  async next(): Promise<Written | null> {
    this.#signal?.throwIfAborted();
    const { done, value } = await this.#iterator.next();
    if (done || value.type === "end") this.#over = true;
    return done ? null : value;
  }

  /** Ends the request at once. One that is over is left alone, so that its connection can be used again. */
  readonly abort = (): void => {
    if (!this.#over) this.#controller.abort(this.#signal?.reason);
  };

  async close(): Promise<void> {
    // The caller's signal may live for ever: it must not collect a listener for each request.
    this.#signal?.removeEventListener("abort", this.abort);
    this.abort();
    // An aborted stream may well say so; nobody is interested any more.
    await this.#iterator.return?.().catch(() => undefined);
  }
}
