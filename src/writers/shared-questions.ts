import { unlessAborted } from "../router/unless-aborted.js";

/** How long an answer is waited for before the question is asked once more beside it: requests get lost. */
const PATIENCE_MS = 1000;

/** A question on its way. */
interface Asked<Answer> {
  readonly answer: Promise<Answer>;
  readonly since: number;
  readonly abort: () => void;
  waiting: number;
}

/**
 * Questions that many may ask at the same time, and that are sent once for all of them. Each of them may
 * leave; a question that nobody waits for any more is aborted. A failure is told to all who wait: whether to
 * try again is for each to say.
 */
export class SharedQuestions<Answer> {
  /** The last one sent of each. */
  readonly #asked = new Map<string, Asked<Answer>>();

  /**
   * @param key - what is asked
   * @param send - asks it; its signal is aborted when nobody waits any more
   * @param signal - the one who asks leaves
   * @throws what `send` throws; the signal's reason
   */
  async ask(
    key: string,
    send: (signal: AbortSignal) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const joined = new Set<Asked<Answer>>();
    let patience = PATIENCE_MS;
    try {
      for (;;) {
        signal?.throwIfAborted();
        joined.add(this.#join(key, send, joined));
        const answers = [...joined].map(({ answer }) => answer);
        const answer = await firstWithin(patience, answers, signal);
        if (answer !== LATE) return answer;
        patience *= 2;
      }
    } finally {
      for (const asked of joined) this.#leave(key, asked);
    }
  }

  /** The question on its way, unless it is overdue. */
  #join(
    key: string,
    send: (signal: AbortSignal) => Promise<Answer>,
    joined: ReadonlySet<Asked<Answer>>,
  ): Asked<Answer> {
    const last = this.#asked.get(key);
    const isOverdue = (asked: Asked<Answer>) =>
      joined.has(asked) || performance.now() - asked.since >= PATIENCE_MS;
    const asked = last === undefined || isOverdue(last) ? this.#send(key, send) : last;
    asked.waiting++;
    return asked;
  }

  #send(key: string, send: (signal: AbortSignal) => Promise<Answer>): Asked<Answer> {
    const controller = new AbortController();
    const asked: Asked<Answer> = {
      answer: send(controller.signal),
      since: performance.now(),
      abort: () => controller.abort(),
      waiting: 0,
    };
    this.#asked.set(key, asked);
    const over = () => this.#forget(key, asked);
    asked.answer.then(over, over);
    return asked;
  }

  #leave(key: string, asked: Asked<Answer>): void {
    asked.waiting--;
    if (asked.waiting > 0) return;
    this.#forget(key, asked);
    asked.abort();
  }

  #forget(key: string, asked: Asked<Answer>): void {
    if (this.#asked.get(key) === asked) this.#asked.delete(key);
  }
}

const LATE = Symbol("late");

/** The first of several answers, or of failures. */
async function firstWithin<Answer>(
  ms: number,
  answers: readonly Promise<Answer>[],
  signal: AbortSignal | undefined,
): Promise<Answer | typeof LATE> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, ms, LATE);
  });
  try {
    return await unlessAborted(Promise.race([...answers, late]), signal);
  } finally {
    clearTimeout(timer);
  }
}
