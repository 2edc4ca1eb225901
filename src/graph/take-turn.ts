import { backoffOf, pause } from "../router/backoff.js";
import { degrade } from "../router/degrade.js";
import { type Asides, hearAside } from "../router/hear-aside.js";
import { failureOf, inputOf } from "../router/input-of.js";
import { type NextRequest, nextRequest } from "../router/next-request.js";
import { OpenRequest } from "../router/open-request.js";
import { outageReason } from "../router/outage.js";
import { wantsNext } from "../router/point-reading.js";
import { reduceThought, type ThoughtInput } from "../router/reduce-thought.js";
import type { RouteConfig } from "../router/route-config.js";
import type { RouteEvent } from "../router/route-event.js";
import type { Opening, Role, StepWriter } from "../router/step-writer.js";
import { draftOf, leaveStream } from "../router/thought-draft.js";
import { brokenOff } from "../router/thought-error.js";
import type { ThoughtState } from "../router/thought-state.js";
import { Warming } from "../router/warming.js";

export interface TurnInput extends Asides {
  readonly config: RouteConfig;
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  readonly signal?: AbortSignal | undefined;
  /** Called with everything that happens, in order. */
  readonly tell: (event: RouteEvent) => Promise<void>;
}

/** Whose turn it is: a node of the graph. */
export type TurnOf = "small" | "large" | "answer";

export function turnOf({ phase }: ThoughtState): TurnOf {
  if (phase === "large" || phase === "rest") return "large";
  return phase === "answer" || phase === "done" ? "answer" : "small";
}

/**
 * One node's work, as a driver of the reducer: from one place where the thought can be left to the next one.
 * Small takes a glimpse and, where it is low, writes the step; large writes one; the answer is written as a
 * whole. No stream is open before or behind it: a checkpoint could not hold one.
 *
 * @throws ThoughtError with the cause, the role and the thought so far
 */
export async function takeTurn(input: TurnInput, before: ThoughtState): Promise<ThoughtState> {
  const turn = new Turn(input, before);
  try {
    while (!turn.isOver()) {
      const request = nextRequest(requestConfig(input.config, turn.state), turn.state);
      if (turn.state.waits !== null) {
        await turn.hear();
        continue;
      }
      if (request === null) break;
      if ("outOfRoom" in request)
        await turn.reduce({ type: "out-of-room", reason: request.outOfRoom });
      else await turn.read(request);
    }
    await turn.endWarming();
    return turn.state;
  } finally {
    turn.close();
  }
}

/** Asks whom a resumed thought waits for: no node begins in the middle of that. */
export async function hearWaiting(input: TurnInput, before: ThoughtState): Promise<ThoughtState> {
  const turn = new Turn(input, before);
  try {
    while (turn.state.waits !== null) await turn.hear();
    return turn.state;
  } finally {
    turn.close();
  }
}

/**
 * A step that was given to small by hand is asked for as a step behind a probe is: a fused stream would take
 * a glimpse, and decide anew.
 */
function requestConfig(config: RouteConfig, { phase, step }: ThoughtState): RouteConfig {
  const isGiven = phase === "small" && !step.begun && step.route === "small";
  return isGiven ? { ...config, glimpse: "probe" } : config;
}

class Turn {
  state: ThoughtState;
  readonly #input: TurnInput;
  readonly #before: ThoughtState;
  readonly #warming: Warming | null;
  #lastLap = performance.now();
  /** The stream that was read last was cut, and is to be opened again. */
  #isCut = false;

  constructor(input: TurnInput, before: ThoughtState) {
    this.#input = input;
    this.#before = before;
    this.state = before;
    const { warm } = input.config;
    this.#warming = warm === undefined ? null : new Warming(input, warm);
  }

  /** A step has ended, or it is another one's turn. */
  isOver(): boolean {
    const { state } = this;
    // What is asked behind a step belongs to its node.
    if (state.waits !== null) return false;
    return (
      state.phase === "done" ||
      turnOf(state) !== turnOf(this.#before) ||
      state.steps.length > this.#before.steps.length
    );
  }

  async reduce(input: ThoughtInput): Promise<void> {
    const { state, events } = reduceThought(this.#input.config, this.state, input);
    this.state = state;
    this.#warming?.follow(state);
    for (const event of events) await this.#input.tell(event);
  }

  /** What servers were sent to read ahead is paid for. A checkpoint can hold no request: what is under way is left. */
  async endWarming(): Promise<void> {
    for (const warmed of this.#warming?.end() ?? [])
      await this.reduce({ type: "warmed", ...warmed });
  }

  close(): void {
    this.#warming?.close();
  }

  /** Reads one request, as far as the turn goes. However it ends, it is not left open. */
  async read(request: NextRequest): Promise<void> {
    const { signal } = this.#input;
    let open: OpenRequest | null = null;
    try {
      signal?.throwIfAborted();
      if (this.#isCut) await pause(backoffOf(this.state, request.role), signal);
      this.#isCut = false;
      await this.reduce({ type: "request", request });
      open = new OpenRequest(this.#input, request);
      while (this.state.stream !== null && !this.isOver()) {
        if (this.state.waits === null) await this.#readOn(open);
        else await this.hear();
      }
      this.#leave();
    } catch (error) {
      await this.#goOnWithout(request.role, error);
    } finally {
      await open?.close();
    }
  }

  /** The other model goes on, where it may. */
  async #goOnWithout(role: Role, error: unknown): Promise<void> {
    const { config, signal, writers, tell } = this.#input;
    const isAborted = signal?.aborted === true;
    const reason = isAborted ? null : outageReason(error);
    const reduced = reason === null ? null : degrade(config, this.state, { role, reason }, writers);
    if (reduced === null) {
      await this.endWarming();
      const cause = isAborted ? signal.reason : error;
      throw brokenOff(config, this.state, { cause, role, isAborted });
    }
    this.state = reduced.state;
    for (const event of reduced.events) await tell(event);
  }

  /** Nothing is read meanwhile: the thought waits, and its stream with it. */
  async hear(): Promise<void> {
    const { config, signal } = this.#input;
    const now = (): number => performance.now();
    try {
      const heard = await hearAside(config, this.#input, this.state, { signal, now });
      this.#lap();
      await this.reduce(heard);
    } catch (error) {
      await this.endWarming();
      throw brokenOff(config, this.state, { cause: error, role: null, isAborted: true });
    }
  }

  async #readOn(open: OpenRequest): Promise<void> {
    const before = this.state.retries;
    const brought = await open.next(wantsNext(this.#input.config, this.state));
    try {
      await this.reduce(inputOf(brought, this.#lap()));
    } catch (error) {
      throw failureOf(brought, error);
    }
    this.#isCut = this.state.retries !== before;
  }

  /** A fused stream runs on over the end of its step: what it cost so far is booked. */
  #leave(): void {
    const draft = draftOf(this.#input.config, this.state);
    leaveStream(draft);
    this.state = draft.state;
  }

  /** Milliseconds since the last lap. */
  #lap(): number {
    const before = this.#lastLap;
    this.#lastLap = performance.now();
    return this.#lastLap - before;
  }
}
