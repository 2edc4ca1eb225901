import { ApiError } from "../api-error.js";

/** A place among those that write; given back once. */
export interface Place {
  readonly leave: () => void;
}

/** Lets so many in at once; others wait, in order, and what is too much is refused. */
export class Queue {
  readonly #maxConcurrency: number;
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;
  /** Milliseconds that a place is kept, of late; `null` before one was left. */
  #usual: number | null = null;

  constructor({ maxConcurrency, queue }: { maxConcurrency: number; queue: number }) {
    this.#maxConcurrency = maxConcurrency;
    this.#most = queue;
  }

  /** A place, or `null` where one would have to wait. */
  enterAtOnce(): Place | null {
    if (this.#inside >= this.#maxConcurrency || this.#waiting.size > 0) return null;
    return this.#enter();
  }

  /**
   * Waits for a place.
   *
   * @throws ApiError 429 at once where too many wait already; the signal's reason
   */
  wait(signal: AbortSignal): Promise<Place> {
    if (this.#waiting.size >= this.#most) {
      throw new ApiError(429, `${this.#most} requests wait already. Try again later.`, {
        code: "queue_full",
        retryAfter: this.#retryAfter(),
      });
    }
    return new Promise((resolve, reject) => {
      const next = () => {
        this.#waiting.delete(next);
        signal.removeEventListener("abort", left);
        resolve(this.#enter());
      };
      const left = () => {
        this.#waiting.delete(next);
        reject(signal.reason);
      };
      if (signal.aborted) return left();
      this.#waiting.add(next);
      signal.addEventListener("abort", left, { once: true });
    });
  }

  #enter(): Place {
    this.#inside++;
    const since = performance.now();
    let isLeft = false;
    return {
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        this.#inside--;
        this.#remember(performance.now() - since);
        const [next] = this.#waiting;
        next?.();
      },
    };
  }

  #remember(ms: number): void {
    this.#usual = this.#usual === null ? ms : 0.8 * this.#usual + 0.2 * ms;
  }

  /** Seconds, 1 to 60, until all who wait now have had their turn. */
  #retryAfter(): number {
    const turns = (this.#waiting.size + 1) / this.#maxConcurrency;
    return Math.min(60, Math.max(1, Math.ceil(((this.#usual ?? 0) * turns) / 1000)));
  }
}
