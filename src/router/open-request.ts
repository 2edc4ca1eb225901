import { RouteError } from "../core/route-error.js";
import type { NextRequest } from "./next-request.js";
import type { Answered, CandidatesWanted, Opening, Role, StepWriter } from "./step-writer.js";

/** Where requests go. */
export interface RequestSource {
  readonly config: { readonly answerIn?: "text" | "chat" };
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

/** One request with a switch of its own: a bare `break` would wait for the next token. */
export class OpenRequest {
  readonly #controller = new AbortController();
  readonly #iterator: AsyncIterator<Answered<unknown>, unknown, unknown>;
  readonly #signal: AbortSignal | undefined;
  #over = false;
  #reading = false;
  /** Rejects the read under way; one that is over does not mind. */
  #interrupt: (reason: unknown) => void = () => undefined;

  constructor(from: RequestSource, request: NextRequest) {
    this.#signal = from.signal;
    // May throw: then there is nothing to close yet.
    this.#iterator = ask(from, request, this.#controller.signal)[Symbol.asyncIterator]();
    this.#signal?.addEventListener("abort", this.abort, { once: true });
  }

  /**
   * The next item, `null` where the stream is over.
   *
   * @param wanted - are its candidates?
   */
  async next(wanted?: CandidatesWanted): Promise<Answered<unknown> | null> {
    this.#signal?.throwIfAborted();
    const result = await this.#read(wanted);
    if (result.done === true || result.value.type === "end") this.#over = true;
    return result.done === true ? null : result.value;
  }

  /** An abort does not wait for the writer to notice it: a client may sit on a read for seconds. */
  #read(wanted: CandidatesWanted): Promise<IteratorResult<Answered<unknown>, unknown>> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      this.#reading = true;
      this.#iterator.next(wanted).then(
        (result) => {
          this.#reading = false;
          resolve(result);
        },
        (error: unknown) => {
          this.#reading = false;
          reject(error);
        },
      );
    });
  }

  /** Ends the request at once. One that is over is left alone, so that its connection can be used again. */
  readonly abort = (): void => {
    if (this.#over) return;
    const reason = this.#signal?.aborted === true ? this.#signal.reason : LEFT;
    this.#controller.abort(reason);
    this.#interrupt(reason);
  };

  async close(): Promise<void> {
    // The caller's signal may live for ever: it must not collect a listener for each request.
    this.#signal?.removeEventListener("abort", this.abort);
    this.abort();
    // An aborted stream may well say so; nobody is interested any more.
    const closed = this.#iterator.return?.().catch(() => undefined);
    // It waits for a read under way, which the abort has ended, or will.
    if (!this.#reading) await closed;
  }
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
