import type { CutReason } from "./cut.js";

/** How long a stream may say nothing, in milliseconds; absent: for ever. */
export interface Patience {
  /** Before its first word. */
  readonly firstTokenMs?: number | undefined;
  /** Between two words. */
  readonly stallMs?: number | undefined;
}

type Silence = Extract<CutReason, "no-first-token" | "stalled">;

/**
 * Measures how long a stream says nothing while somebody reads it. A reader that takes its time is no silence of the
 * stream's, and what waits in a queue of ours is not yet asked. One timer at most, which is not set anew for each token.
 */
export class SilenceWatch {
  readonly #patience: Patience;
  readonly #onSilence: (reason: Silence) => void;
  /** Of reads that are over, since the last word. */
  #silentMs = 0;
  #readSince: number | null = null;
  #begun = false;
  #queued = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(patience: Patience, onSilence: (reason: Silence) => void) {
    this.#patience = patience;
    this.#onSilence = onSilence;
  }

  /** A read begins. */
  begin(): void {
    const limit = this.#limit;
    if (limit === undefined) return;
    this.#readSince = performance.now();
    if (this.#timer === undefined && !this.#queued) this.#wait(limit - this.#silentMs);
  }

  /** It is over. Blanks, empty events and signs of life are no word. */
  end(isWord: boolean): void {
    this.#silentMs = isWord ? 0 : this.#elapsed();
    this.#readSince = null;
    if (isWord) this.#begun = true;
  }

  /** The request waits on our side, or has just been sent. */
  queue(isQueued: boolean): void {
    this.#queued = isQueued;
    this.#silentMs = 0;
    this.stop();
    if (!isQueued && this.#readSince !== null) this.begin();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #limit(): number | undefined {
    return this.#begun ? this.#patience.stallMs : this.#patience.firstTokenMs;
  }

  #elapsed(): number {
    const since = this.#readSince;
    return since === null ? this.#silentMs : this.#silentMs + performance.now() - since;
  }

  /** For the shorter of the two limits at most: the timer that waits for the first word is in time for what follows it. */
  #wait(ms: number): void {
    const wait = Math.min(ms, this.#patience.stallMs ?? ms);
    this.#timer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(wait)));
  }

  /** Set long ago: meanwhile a word may have come. */
  #look(): void {
    this.#timer = undefined;
    const limit = this.#limit;
    if (this.#readSince === null || limit === undefined) return;
    const left = limit - this.#elapsed();
    if (left > 0) this.#wait(left);
    else this.#onSilence(this.#begun ? "stalled" : "no-first-token");
  }
}
