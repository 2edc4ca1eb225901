import type { ResolvedTime } from "../options/time-options.js";

/** The end of the time that a reply may take, from now on. */
export class ReplyDeadline {
  /** Aborted then; absent: nothing is. */
  readonly signal: AbortSignal | undefined;
  readonly #closesAt: number | null;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deadline: ResolvedTime["deadline"]) {
    const closes = deadline?.closes === true;
    this.#closesAt = closes ? performance.now() + deadline.ms : null;
    if (deadline === null || closes) return;
    const own = new AbortController();
    this.signal = own.signal;
    this.#timer = setTimeout(() => own.abort(overdue(deadline.ms)), deadline.ms);
  }

  /** Milliseconds until a thought is closed; absent: it is not. */
  get closeInMs(): number | undefined {
    return this.#closesAt === null ? undefined : Math.max(0, this.#closesAt - performance.now());
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function overdue(ms: number): Error {
  const words = `The reply took longer than \`deadlineMs\`, ${ms} ms. Raise it, or set \`onDeadline: "answer"\`.`;
  return Object.assign(new Error(words), { name: "TimeoutError" });
}
