import { type Chunk, RefusedError } from "./read-events.js";
import { WrittenReply } from "./written-reply.js";

/** How far a reply has come. */
export type ReplyState =
  | "asked"
  | "waiting"
  | "thinking"
  | "answering"
  | "done"
  | "stopped"
  | "failed";

/** One question and what came of it. */
export class AskedReply {
  readonly question: string;
  /** By which it was decided; `null` where no threshold is. */
  readonly tau: number | null;
  readonly written = new WrittenReply();
  readonly #since = performance.now();
  #state: ReplyState = "asked";
  #firstAt: number | null = null;
  #endedAt: number | null = null;
  #failure: string | null = null;
  #needsKey = false;

  constructor(question: string, tau: number | null) {
    this.question = question;
    this.tau = tau;
  }

  get state(): ReplyState {
    return this.#state;
  }

  /** What the server said, where it failed. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Was it refused for want of the right key? */
  get needsKey(): boolean {
    return this.#needsKey;
  }

  get isOver(): boolean {
    return this.#endedAt !== null;
  }

  /** Milliseconds until now, or until it was over. */
  get ms(): number {
    return (this.#endedAt ?? performance.now()) - this.#since;
  }

  /** Milliseconds until its first word. */
  get firstMs(): number | null {
    return this.#firstAt === null ? null : this.#firstAt - this.#since;
  }

  read(chunk: Chunk): void {
    this.written.read(chunk);
    if (this.written.answer !== "") this.#state = "answering";
    else if (this.written.steps.length > 0) this.#state = "thinking";
    if (this.#state !== "asked") this.#firstAt ??= performance.now();
  }

  wait(): void {
    if (this.#state === "asked") this.#state = "waiting";
  }

  finish(): void {
    this.#end("done");
  }

  /** @param error - an `AbortError` where it was stopped by hand */
  fail(error: unknown): void {
    const { name, message } = error as Error;
    if (name === "AbortError") return this.#end("stopped");
    this.#failure = message;
    this.#needsKey = error instanceof RefusedError && error.status === 401;
    this.#end("failed");
  }

  #end(state: ReplyState): void {
    this.#state = state;
    this.#endedAt = performance.now();
  }
}
