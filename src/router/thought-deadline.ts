import type { ThoughtState } from "./thought-state.js";

/** When a thought is closed where it stands. One timer a reply. */
export class ThoughtDeadline {
  /** Called at that time: a read under way must not be waited for. */
  onTime: () => void = () => undefined;
  readonly #at: number;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  /** @param ms - milliseconds from now on; absent: never */
  constructor(ms: number | undefined) {
    this.#at = performance.now() + (ms ?? Number.POSITIVE_INFINITY);
    this.#timer =
      ms === undefined
        ? undefined
        : setTimeout(() => {
            this.#isOver = true;
            this.onTime();
          }, ms);
  }

  /** Is a thought to be closed now? Not while it waits for somebody's word, nor an answer. */
  isDue({ phase, waits, stream }: ThoughtState): boolean {
    if (!this.#isOver || waits !== null || stream?.purpose === "turn") return false;
    return phase !== "answer" && phase !== "done";
  }

  get leftMs(): number {
    return Math.max(0, this.#at - performance.now());
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
