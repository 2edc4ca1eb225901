import { backoffOf, pause } from "./backoff.js";
import { type BegunWith, beginThought } from "./begin-thought.js";
import { degrade } from "./degrade.js";
import { type Asides, hearAside } from "./hear-aside.js";
import { failureOf, inputOf } from "./input-of.js";
import { type NextRequest, nextRequest } from "./next-request.js";
import { type Brought, OpenRequest } from "./open-request.js";
import { outageReason } from "./outage.js";
import { wantsNext } from "./point-reading.js";
import { mayReadAhead, readUntil, wantsAhead } from "./read-ahead.js";
import { type Reduced, reduceThought, type ThoughtInput } from "./reduce-thought.js";
import type { RouteEvent } from "./route-event.js";
import type { Role } from "./step-writer.js";
import { ThoughtDeadline } from "./thought-deadline.js";
import { brokenOff, ThoughtError } from "./thought-error.js";
import type { ThoughtState } from "./thought-state.js";
import { Warming } from "./warming.js";

export interface RouteThoughtInput extends Asides, BegunWith {
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
    yield* run.told;
    for (;;) {
      let events: Events | null;
      try {
        // For each token: one generator and one promise. A generator of its own for a request costs a tenth of it all.
        const open = run.readable();
        events =
          open === null ? await run.goOn() : run.read(await open.next(run.wantsNext()), open);
      } catch (error) {
        events = await run.goOnWithout(error);
      }
      if (events === null) return run.state;
      for (const event of events) if (input.isHeard !== false || !isPassed(event)) yield event;
    }
  } finally {
    await run.close();
  }
}

/** A decision behind the step's first token that changed nothing. */
function isPassed(event: RouteEvent): boolean {
  return event.type === "route-decided" && event.route === "small" && event.at > 0;
}

type Events = Reduced["events"];

/** The state of one reply as its inputs are told, the request that it reads, and the clock beside it. */
class ThoughtRun {
  state: ThoughtState;
  /** What the reader of a thought that is gone on with must know. */
  readonly told: Events;
  readonly #deadline: ThoughtDeadline;
  readonly #input: RouteThoughtInput;
  #lastLap: number;
  #open: OpenRequest | null = null;
  readonly #warming: Warming | null;
  /** The model that is asked. */
  #asked: Role | null = null;
  /** The stream that was read last was cut, and is to be opened again. */
  #isCut = false;

  constructor(input: RouteThoughtInput) {
    this.#input = input;
    this.#lastLap = input.now();
    try {
      input.signal?.throwIfAborted();
      const { state, events } = beginThought(input);
      this.state = state;
      this.told = events;
    } catch (error) {
      throw error instanceof ThoughtError ? error : new ThoughtError(error, null, null);
    }
    this.#deadline = new ThoughtDeadline(input.closeInMs);
    const { warm } = input.config;
    this.#warming = warm === undefined ? null : new Warming(input, warm);
  }

  /** The request to read on. A thought waits for what is asked beside it; one whose time is over reads no more. */
  readable(): OpenRequest | null {
    const { stream, waits } = this.state;
    return stream === null || waits !== null || this.#isDue() ? null : this.#open;
  }

  wantsNext(): ReturnType<typeof wantsNext> {
    return wantsNext(this.#input.config, this.state);
  }

  read(brought: Brought, from: OpenRequest): Events {
    const before = this.state.retries;
    try {
      const events = this.#tell(inputOf(brought, this.#lap()));
      this.#isCut = this.state.retries !== before;
      // Before anybody looks at the events: every token until the abort is wasted.
      if (this.state.stream === null) from.abort();
      return events;
    } catch (error) {
      throw failureOf(brought, error);
    }
  }

  /**
   * Where nothing is to be read: hears whom the thought waits for, closes it where its time is over, or sends the next
   * request.
   *
   * @returns `null` where the reply is whole
   */
  async goOn(): Promise<Events | null> {
    const { stream, waits } = this.state;
    if (stream === null) await this.#closeRequest();
    if (waits !== null) return this.#hear();
    if (stream !== null) return this.#closeThought();
    const request = nextRequest(this.#input.config, this.state);
    if (request === null) return this.#endWarming();
    if (this.#isDue()) return this.#closeThought();
    if ("outOfRoom" in request)
      return this.#tell({ type: "out-of-room", reason: request.outOfRoom });
    await this.#send(request);
    return [];
  }

  async #send(request: NextRequest): Promise<void> {
    this.#asked = request.role;
    if (!(await this.#rest(request.role))) return;
    this.#tell({ type: "request", request });
    const open = new OpenRequest(this.#input, request);
    this.#open = open;
    this.#deadline.onTime = () => this.#isDue() && open.leave();
  }

  /**
   * Waits where a stream of the role's was cut just now.
   *
   * @returns false where the thought's time is over meanwhile
   */
  async #rest(role: Role): Promise<boolean> {
    const { signal, pause: wait = pause } = this.#input;
    signal?.throwIfAborted();
    if (!this.#isCut) return true;
    this.#isCut = false;
    await wait(Math.min(backoffOf(this.state, role), this.#deadline.leftMs), signal);
    return !this.#isDue();
  }

  #closeThought(): Events {
    const events = this.#tell({ type: "out-of-time" });
    if (this.state.stream === null) this.#open?.abort();
    return events;
  }

  /** @throws ThoughtError where the reply is aborted meanwhile */
  async #hear(): Promise<Events> {
    const { config } = this.#input;
    try {
      const heard = await this.#readUntil(hearAside(config, this.#input, this.state, this.#input));
      this.#lap();
      const events = this.#tell(heard);
      if (this.state.stream === null) this.#open?.abort();
      return events;
    } catch (error) {
      this.#endWarming();
      throw brokenOff(config, this.state, { cause: error, role: null, isAborted: true });
    }
  }

  /** Whose word is awaited counts the time of it, what is read meanwhile included. */
  async #readUntil(word: Promise<ThoughtInput>): Promise<ThoughtInput> {
    const { config } = this.#input;
    if (this.#open === null) return word;
    return readUntil(word, {
      open: this.#open,
      wanted: wantsAhead(config),
      mayRead: () => mayReadAhead(config, this.state),
      keep: (written) => this.#tell({ type: "written", written, ms: 0 }),
    });
  }

  /**
   * The model that was asked is out: the other one goes on, where it may.
   *
   * @throws ThoughtError where none does
   */
  async goOnWithout(error: unknown): Promise<Events> {
    const { config, signal, writers } = this.#input;
    const reason = signal?.aborted === true ? null : outageReason(error);
    const role = this.#asked;
    const reduced =
      role === null || reason === null
        ? null
        : degrade(config, this.state, { role, reason }, writers);
    if (reduced === null) throw this.#failure(error);
    await this.#closeRequest();
    this.state = reduced.state;
    return reduced.events;
  }

  #failure(error: unknown): ThoughtError {
    if (error instanceof ThoughtError) return error;
    const { config, signal } = this.#input;
    this.#endWarming();
    const isAborted = signal?.aborted === true;
    const cause = isAborted ? signal.reason : error;
    return brokenOff(config, this.state, { cause, role: this.#asked, isAborted });
  }

  async close(): Promise<void> {
    this.#deadline.clear();
    this.#warming?.close();
    await this.#closeRequest();
  }

  async #closeRequest(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    this.#asked = null;
    await open?.close();
  }

  #isDue(): boolean {
    return this.#deadline.isDue(this.state);
  }

  #tell(input: ThoughtInput): Events {
    const { state, events } = reduceThought(this.#input.config, this.state, input, true);
    this.state = state;
    this.#warming?.follow(state);
    return events;
  }

  /** What servers were sent to read ahead is paid for. */
  #endWarming(): null {
    for (const warmed of this.#warming?.end() ?? []) this.#tell({ type: "warmed", ...warmed });
    return null;
  }

  /** Milliseconds since the last lap. */
  #lap(): number {
    const before = this.#lastLap;
    this.#lastLap = this.#input.now();
    return this.#lastLap - before;
  }
}
