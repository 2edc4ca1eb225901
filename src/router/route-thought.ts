import { backoffOf, pause } from "./backoff.js";
import { type Asides, hearAside } from "./hear-aside.js";
import { failureOf, inputOf } from "./input-of.js";
import { type NextRequest, nextRequest } from "./next-request.js";
import { type Brought, OpenRequest } from "./open-request.js";
import { wantsNext } from "./point-reading.js";
import { reduceThought, type ThoughtInput } from "./reduce-thought.js";
import type { RouteConfig } from "./route-config.js";
import type { RouteEvent } from "./route-event.js";
import { requireAffordable } from "./spending.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";
import { ThoughtDeadline } from "./thought-deadline.js";
import { abandonStream } from "./thought-draft.js";
import { ThoughtError } from "./thought-error.js";
import { startThought, type ThoughtState } from "./thought-state.js";

export interface RouteThoughtInput extends Asides {
  readonly config: RouteConfig;
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  /** What was opened; only answers in chat need it again. */
  readonly prompt?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  /** Milliseconds from now on in which the thought is closed where it stands. @defaultValue never */
  readonly closeInMs?: number | undefined;
  /** Waits before a stream that was cut is opened again. @defaultValue `pause` */
  readonly pause?: typeof pause;
  /**
   * False: decisions that leave small on in a step are not handed out. A point may make one at every token, and each
   * event goes through all the generators on its way. @defaultValue true
   */
  readonly isHeard?: boolean;
}

/**
 * GlimpRouter's loop (paper, section 3), as a driver of the reducer: asks what is to be requested, reads
 * the request, tells the reducer each item, and hands out what happened. Returns the state at the end.
 *
 * However it ends (done, error, abort, or the consumer's `break`), no request is left open.
 *
 * @throws ThoughtError with the cause, the role and the thought so far
 */
export async function* routeThought(
  input: RouteThoughtInput,
): AsyncGenerator<RouteEvent, ThoughtState, void> {
  const run = new ThoughtRun(input);
  try {
    for (;;) {
      const request = run.next();
      if (run.state.waits !== null) yield* await run.hear();
      else if (request === null) return run.state;
      else if (run.isDue()) yield* run.tell({ type: "out-of-time" });
      else if ("outOfRoom" in request)
        yield* run.tell({ type: "out-of-room", reason: request.outOfRoom });
      else yield* readRequest(input, run, request);
    }
  } finally {
    run.deadline.clear();
  }
}

async function* readRequest(
  input: RouteThoughtInput,
  run: ThoughtRun,
  request: NextRequest,
): AsyncGenerator<RouteEvent, void, void> {
  let open: OpenRequest | null = null;
  try {
    if (!(await run.rest(request.role))) return;
    run.tell({ type: "request", request });
    open = new OpenRequest(input, request);
    run.deadline.onTime = () => run.isDue() && open?.leave();
    while (run.state.stream !== null) {
      const events = run.mayRead()
        ? run.read(await open.next(run.wantsNext()))
        : await run.insteadOfReading();
      // Before anybody looks at the events: every token until the abort is wasted.
      if (run.state.stream === null) open.abort();
      // Not `yield*`: in an async generator it wraps the list, which costs more than all else here.
      for (const event of events) if (input.isHeard !== false || !isPassed(event)) yield event;
    }
  } catch (error) {
    throw run.failure(error, request.role);
  } finally {
    await open?.close();
  }
}

/** A decision behind the step's first token that changed nothing. */
function isPassed(event: RouteEvent): boolean {
  return event.type === "route-decided" && event.route === "small" && event.at > 0;
}

/** The state of one reply as its inputs are told, and the clock beside it. */
class ThoughtRun {
  state: ThoughtState;
  readonly deadline: ThoughtDeadline;
  readonly #input: RouteThoughtInput;
  #lastLap: number;
  /** The stream that was read last was cut, and is to be opened again. */
  #isCut = false;

  constructor(input: RouteThoughtInput) {
    this.#input = input;
    this.#lastLap = input.now();
    try {
      input.signal?.throwIfAborted();
      this.state = startThought(input.openings);
      requireAffordable(input.config, this.state);
    } catch (error) {
      throw new ThoughtError(error, null, null);
    }
    this.deadline = new ThoughtDeadline(input.closeInMs);
  }

  next(): ReturnType<typeof nextRequest> {
    return nextRequest(this.#input.config, this.state);
  }

  wantsNext(): ReturnType<typeof wantsNext> {
    return wantsNext(this.#input.config, this.state);
  }

  tell(input: ThoughtInput): ReturnType<typeof reduceThought>["events"] {
    const { state, events } = reduceThought(this.#input.config, this.state, input, true);
    this.state = state;
    return events;
  }

  isDue(): boolean {
    return this.deadline.isDue(this.state);
  }

  /** A thought waits for what is asked beside it, and its stream with it; one whose time is over reads no more. */
  mayRead(): boolean {
    return this.state.waits === null && !this.isDue();
  }

  async insteadOfReading(): Promise<ReturnType<typeof reduceThought>["events"]> {
    return this.state.waits === null ? this.tell({ type: "out-of-time" }) : this.hear();
  }

  read(brought: Brought): ReturnType<typeof reduceThought>["events"] {
    const before = this.state.retries;
    try {
      const events = this.tell(inputOf(brought, this.lap()));
      this.#isCut = this.state.retries !== before;
      return events;
    } catch (error) {
      throw failureOf(brought, error);
    }
  }

  /**
   * Waits where a stream of the role's was cut just now.
   *
   * @returns false where the thought's time is over meanwhile
   */
  async rest(role: Role): Promise<boolean> {
    const { signal, pause: wait = pause } = this.#input;
    signal?.throwIfAborted();
    if (!this.#isCut) return true;
    this.#isCut = false;
    await wait(Math.min(backoffOf(this.state, role), this.deadline.leftMs), signal);
    return !this.isDue();
  }

  /** @throws ThoughtError where the reply is aborted meanwhile */
  async hear(): Promise<ReturnType<typeof reduceThought>["events"]> {
    const { config } = this.#input;
    try {
      const heard = await hearAside(config, this.#input, this.state, this.#input);
      this.lap();
      return this.tell(heard);
    } catch (error) {
      throw new ThoughtError(error, null, this.abandon(true));
    }
  }

  failure(error: unknown, role: Role): ThoughtError {
    const { signal } = this.#input;
    const isAborted = signal?.aborted === true;
    return new ThoughtError(isAborted ? signal.reason : error, role, this.abandon(isAborted));
  }

  /** The state at a failure. */
  abandon(isAborted: boolean): ThoughtState {
    this.state = abandonStream(this.#input.config, this.state, isAborted);
    return this.state;
  }

  /** Milliseconds since the last lap. */
  lap(): number {
    const before = this.#lastLap;
    this.#lastLap = this.#input.now();
    return this.#lastLap - before;
  }
}
