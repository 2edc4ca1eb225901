import { commonPrefixLength } from "../core/common-prefix.js";

/** A slot of the engine's cache, as far as the pool has to know it. */
export interface CachedSequence {
  /** The tokens whose evaluation it holds. */
  readonly contextTokens: readonly number[];
}

/** A sequence that belongs to one caller until `release`. */
export interface SequenceLease<Sequence> {
  readonly sequence: Sequence;
  /** Gives it back; a second call does nothing. */
  release(): void;
}

interface Waiter<Sequence> {
  readonly tokens: readonly number[];
  grant(lease: SequenceLease<Sequence>): void;
  refuse(reason: unknown): void;
}

/**
 * Shares a fixed number of sequences between any number of calls. A call gets the free sequence that has
 * most of its tokens evaluated already; when all are busy, it waits in line.
 */
export class SequencePool<Sequence extends CachedSequence> {
  /** The least recently used one is first. */
  readonly #free: Sequence[];
  readonly #waiting: Waiter<Sequence>[] = [];
  #closed: unknown;

  constructor(sequences: readonly Sequence[]) {
    this.#free = [...sequences];
  }

  /**
   * @param tokens - what the caller is going to evaluate, from the first token on
   * @param signal - ends the wait; its reason is thrown
   */
  async take(tokens: readonly number[], signal?: AbortSignal): Promise<SequenceLease<Sequence>> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw this.#closed;
    return this.takeFree(tokens) ?? this.#wait(tokens, signal);
  }

  /** The same for a caller that would rather do without than wait: `null` where all are busy. */
  takeFree(tokens: readonly number[]): SequenceLease<Sequence> | null {
    const sequence = this.#pick(tokens);
    return sequence === undefined ? null : this.#lease(sequence);
  }

  /** Refuses everyone who waits, and all later calls, with `reason`. */
  close(reason: unknown): void {
    this.#closed = reason;
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(reason);
  }

  /**
   * The longest common prefix wins, but only if it is at least half of what the sequence holds. A shorter
   * one is mere header (system prompt, BOS) that every conversation shares: taking the sequence for it would
   * throw away a thought that another call is about to continue. Then the least recently used one goes.
   */
  #pick(tokens: readonly number[]): Sequence | undefined {
    let best: Sequence | undefined;
    let bestLength = 0;
    for (const sequence of this.#free) {
      const held = sequence.contextTokens;
      const length = commonPrefixLength(held, tokens);
      if (length > bestLength && length * 2 >= held.length) {
        best = sequence;
        bestLength = length;
      }
    }
    const picked = best ?? this.#free[0];
    if (picked !== undefined) this.#free.splice(this.#free.indexOf(picked), 1);
    return picked;
  }

  #lease(sequence: Sequence): SequenceLease<Sequence> {
    let released = false;
    return {
      sequence,
      release: () => {
        if (released) return;
        released = true;
        this.#free.push(sequence);
        this.#serveNext();
      },
    };
  }

  #serveNext(): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) return;
    const sequence = this.#pick(waiter.tokens);
    if (sequence !== undefined) waiter.grant(this.#lease(sequence));
  }

  #wait(tokens: readonly number[], signal?: AbortSignal): Promise<SequenceLease<Sequence>> {
    return new Promise((grant, refuse) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        refuse(signal?.reason);
      };
      const waiter: Waiter<Sequence> = {
        tokens,
        grant: (lease) => {
          signal?.removeEventListener("abort", leave);
          grant(lease);
        },
        refuse: (reason) => {
          signal?.removeEventListener("abort", leave);
          refuse(reason);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiter);
    });
  }
}
