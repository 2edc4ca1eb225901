import { RouteError } from "../core/route-error.js";
import { type Cut, cutReason, markCut } from "./cut.js";
import type { NextRequest } from "./next-request.js";
import { followQueued, unfollowQueued } from "./queued-request.js";
import { SilenceWatch } from "./silence-watch.js";
import type { Answered, CandidatesWanted, Opening, Role, StepWriter } from "./step-writer.js";

/** Where requests go. */
export interface RequestSource {
  readonly config: {
    readonly answerIn?: "text" | "chat";
    readonly firstTokenTimeoutMs?: number;
    readonly stallTimeoutMs?: number;
  };
  readonly writers: Readonly<Record<Role, StepWriter>>;
  readonly openings: Readonly<Record<Role, Opening>>;
  /** What was opened; only answers in chat need it again. */
  readonly prompt?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Why a stream is left of which nothing more is needed. One for all: a signal that is aborted without a reason
 * makes an exception with its stack each time.
 */
const LEFT = Object.assign(new Error("Nothing more of this stream is needed."), {
  name: "AbortError",
});

/** A reason to leave by which what happens to the request below knows why. */
function silent(reason: Cut["reason"]): Error {
  const error = Object.assign(new Error("Nothing came for too long."), { name: "AbortError" });
  return markCut(error, reason);
}

/** What a request brings: an item of its writer's, that it was cut, or that it was left in the middle of a read. */
export type Brought =
  | Answered<unknown>
  | ({ readonly type: "cut"; readonly error: unknown } & Cut)
  | { readonly type: "left" };

/** One request with a switch of its own: a bare `break` would wait for the next token. */
export class OpenRequest {
  readonly #controller = new AbortController();
  readonly #iterator: AsyncIterator<Answered<unknown>, unknown, unknown>;
  readonly #signal: AbortSignal | undefined;
  readonly #resumption: Cut["resumption"];
  readonly #silence: SilenceWatch;
  #over = false;
  #reading = false;
  /** A read that nobody has taken yet. */
  #peeked: Promise<Brought> | null = null;
  /** Rejects the read under way; one that is over does not mind. */
  #interrupt: (reason: unknown) => void = () => undefined;
  /** Ends the read under way with something else than an item. */
  #endRead: (brought: Brought) => void = () => undefined;

  constructor(from: RequestSource, request: NextRequest) {
    const { resumption } = from.writers[request.role];
    const { firstTokenTimeoutMs, stallTimeoutMs } = from.config;
    this.#signal = from.signal;
    this.#resumption = resumption ?? null;
    const patience = {
      // In this process, and where a model thinks for itself before it writes, nobody can tell how long it takes.
      firstTokenMs: resumption?.by === "text" ? firstTokenTimeoutMs : undefined,
      stallMs: stallTimeoutMs,
    };
    this.#silence = new SilenceWatch(patience, (reason) =>
      this.#leaveFor(this.#cut(reason, null), silent(reason)),
    );
    followQueued(this.#controller.signal, (isQueued) => this.#silence.queue(isQueued));
    // May throw: then there is nothing to close yet.
    this.#iterator = ask(from, request, this.#controller.signal)[Symbol.asyncIterator]();
    this.#signal?.addEventListener("abort", this.abort, { once: true });
  }

  /**
   * What comes next. An abort does not wait for the writer to notice it: a client may sit on a read for seconds. One
   * promise, and no async function: this is done for each token.
   *
   * @param wanted - are its candidates?
   * @throws the signal's reason where it has aborted
   */
  next(wanted?: CandidatesWanted): Promise<Brought> {
    if (this.#signal?.aborted) return Promise.reject(this.#signal.reason);
    const peeked = this.#peeked;
    if (peeked !== null) {
      this.#peeked = null;
      return peeked;
    }
    this.#silence.begin();
    this.#reading = true;
    const brought = new Promise<Brought>(this.#waitFor);
    this.#iterator.next(wanted).then(this.#bringItem, this.#bringError);
    return brought;
  }

  /** What comes next, for one who does not wait for it alone: it stays the next one until it is read, or passed. */
  peek(wanted?: CandidatesWanted): Promise<Brought> {
    if (this.#peeked === null) {
      const read = this.next(wanted);
      // Nobody may come back for it: a stream that is left in the middle of a read says so.
      read.catch(() => undefined);
      this.#peeked = read;
    }
    return this.#peeked;
  }

  /** What was peeked at was told already. */
  pass(): void {
    this.#peeked = null;
  }

  // Functions of the request, not of each read: they would be most of what a read leaves to the collector.
  readonly #waitFor = (
    resolve: (brought: Brought) => void,
    reject: (reason: unknown) => void,
  ): void => {
    this.#endRead = resolve;
    this.#interrupt = reject;
  };

  readonly #bringItem = ({ done, value }: IteratorResult<Answered<unknown>, unknown>): void => {
    const brought = done === true ? this.#cut("cut", null) : (value as Answered<unknown>);
    this.#endRead(this.#bring(brought));
  };

  readonly #bringError = (error: unknown): void => {
    const reason = cutReason(error);
    if (reason !== null) return this.#endRead(this.#bring(this.#cut(reason, error)));
    this.#reading = false;
    this.#interrupt(error);
  };

  #bring(brought: Brought): Brought {
    this.#reading = false;
    this.#silence.end(isWord(brought));
    if (brought.type === "end" || brought.type === "cut") this.#over = true;
    return brought;
  }

  /** A reader that must go on at once does not wait for the read under way. */
  leave(): void {
    this.#leaveFor({ type: "left" });
  }

  #leaveFor(brought: Brought, why: unknown = LEFT): void {
    this.#endRead(brought);
    this.#end(why);
  }

  #cut(reason: Cut["reason"], error: unknown): Brought {
    return { type: "cut", reason, resumption: this.#resumption, error };
  }

  /** Ends the request at once. One that is over is left alone, so that its connection can be used again. */
  readonly abort = (): void => this.#end(LEFT);

  #end(why: unknown): void {
    if (this.#over) return;
    const reason = this.#signal?.aborted === true ? this.#signal.reason : why;
    this.#controller.abort(reason);
    this.#interrupt(reason);
  }

  async close(): Promise<void> {
    this.#silence.stop();
    unfollowQueued(this.#controller.signal);
    // The caller's signal may live for ever: it must not collect a listener for each request.
    this.#signal?.removeEventListener("abort", this.abort);
    this.abort();
    // An aborted stream may well say so; nobody is interested any more.
    const closed = this.#iterator.return?.().catch(() => undefined);
    // It waits for a read under way, which the abort has ended, or will.
    if (!this.#reading) await closed;
  }
}

function isWord(brought: Brought): boolean {
  if (brought.type !== "text") return brought.type === "part";
  return brought.withheld === true || brought.text.trim() !== "";
}

function ask(
  { config, writers, openings, prompt }: RequestSource,
  { role, purpose, thought, how }: NextRequest,
  signal: AbortSignal,
): AsyncIterable<Answered<unknown>> {
  const writer = writers[role];
  const isAnswer = purpose === "answer" || purpose === "turn";
  if (!isAnswer || config.answerIn !== "chat") {
    return writer.write(openings[role], thought, how, signal);
  }
  if (writer.answer === undefined) {
    throw new RouteError(
      "invalid_option",
      `The ${role} model's continuation ${JSON.stringify(writer.kind)} cannot answer with tools or in a response format.`,
    );
  }
  return writer.answer(openings[role], prompt, thought, how, signal);
}
