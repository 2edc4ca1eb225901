import { BaseCallbackHandler } from "@langchain/core/callbacks/base";

/** Nobody wrote anything in time. */
export class FirstTokenError extends Error {
  override readonly name = "FirstTokenError";
}

/** Milliseconds that a timer can wait; Node's fires at once where they are more. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds of silence before it is said that something is waited for. */
const SILENCE = 5000;

/**
 * Ends a reply whose first token does not come, and says meanwhile that it is waited for: a server that hangs
 * looks like one that thinks.
 */
export class FirstTokenLimit {
  readonly #own = new AbortController();
  readonly #timers: readonly ReturnType<typeof setTimeout>[];
  #error: FirstTokenError | null = null;
  /** For the call: tells when the first token was there. */
  readonly handler: BaseCallbackHandler;

  /**
   * @param seconds - of patience
   * @param say - is told once that nothing came yet
   */
  constructor(seconds: number, say: (words: string) => void) {
    const early = setTimeout(
      () => say(`No token yet. Waiting up to ${seconds} s for the first (--first-token-timeout).`),
      SILENCE,
    );
    const late = setTimeout(
      () => {
        this.#error = new FirstTokenError(
          `No token came within ${seconds} s. Check that both servers are up, and neither busy nor still loading; --first-token-timeout SECONDS waits longer.`,
        );
        this.#own.abort(this.#error);
      },
      Math.min(seconds * 1000, LONGEST),
    );
    this.#timers = [early, late];
    this.handler = BaseCallbackHandler.fromMethods({
      // The first decision is made of the first token.
      handleCustomEvent: () => this.clear(),
    });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** What it was ended for, where it was; else the error itself. */
  reasonFor(error: unknown): unknown {
    return this.#error ?? error;
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
