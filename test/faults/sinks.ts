import type { ServerResponse } from "node:http";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { ReplySink } from "../servers/http/wire.js";
import type { Bytes, Strike, StruckEvent } from "./fault.js";

/** What was written before goes out, and is read, before the connection is reset: a reset takes along what is unread. */
const BEFORE_RESET_MS = 30;

/** Passes a reply on. */
class PlainSink implements ReplySink {
  protected readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    this.response = response;
  }

  get socket() {
    return this.response.socket;
  }

  readonly writeHead = ((...head: Parameters<ServerResponse["writeHead"]>) =>
    this.response.writeHead(...this.headOf(head))) as ServerResponse["writeHead"];

  readonly on = ((...listener: Parameters<ServerResponse["on"]>) =>
    this.response.on(...listener)) as ServerResponse["on"];

  readonly write = ((text: string) => {
    this.pass(text);
    return true;
  }) as ServerResponse["write"];

  readonly end = ((text: string, whenOut?: () => void) => {
    this.finish(text, whenOut);
    return this.response;
  }) as ServerResponse["end"];

  flushHeaders(): void {
    this.response.flushHeaders();
  }

  protected headOf(
    head: Parameters<ServerResponse["writeHead"]>,
  ): Parameters<ServerResponse["writeHead"]> {
    return head;
  }

  protected pass(text: string): void {
    this.response.write(text);
  }

  protected finish(text: string, whenOut?: () => void): void {
    this.response.end(text, whenOut);
  }
}

/** Does to a connection what a fault does. @returns whether the reply goes on */
export function struck(response: ServerResponse, { write, next }: Strike): boolean {
  if (write !== "") response.write(write);
  if (next === "end") response.end();
  if (next === "reset")
    setTimeout(() => response.socket?.resetAndDestroy(), BEFORE_RESET_MS).unref();
  return next === "go on";
}

/** Something strikes in front of an event of a stream. */
export class EventSink extends PlainSink {
  readonly #strikeFor: (event: StruckEvent) => Strike | null;
  #isOver = false;

  constructor(response: ServerResponse, strikeFor: (event: StruckEvent) => Strike | null) {
    super(response);
    this.#strikeFor = strikeFor;
  }

  protected override pass(frame: string): void {
    if (this.#isOver) return;
    const chunk = JSON.parse(frame.replace(/^data: /, ""));
    const strike = this.#strikeFor({ frame, chunk });
    if (strike === null) super.pass(frame);
    else this.#isOver = !struck(this.response, strike);
  }

  protected override finish(text: string, whenOut?: () => void): void {
    if (!this.#isOver) super.finish(text, whenOut);
  }
}

/** Something strikes a reply in JSON, or comes behind the end of a stream. */
export class EndSink extends PlainSink {
  readonly #strikeFor: (text: string) => Strike;

  constructor(response: ServerResponse, strikeFor: (text: string) => Strike) {
    super(response);
    this.#strikeFor = strikeFor;
  }

  protected override finish(text: string, whenOut?: () => void): void {
    if (struck(this.response, this.#strikeFor(text))) this.response.end(whenOut);
  }
}

/** The bytes of a reply go out in a form of their own. */
export class ByteSink extends PlainSink {
  readonly #bytes: Bytes;
  #isFirst = true;
  #sent = Promise.resolve();

  constructor(response: ServerResponse, bytes: Bytes) {
    super(response);
    this.#bytes = bytes;
    response.socket?.setNoDelay();
  }

  protected override headOf([status, headers]: Parameters<ServerResponse["writeHead"]>): Parameters<
    ServerResponse["writeHead"]
  > {
    return [status, { ...(headers as object), ...this.#bytes.headers }] as never;
  }

  protected override pass(text: string): void {
    const pieces = this.#bytes.pieces(Buffer.from(text), this.#isFirst);
    this.#isFirst = false;
    this.#sent = this.#sent.then(() => this.#send(pieces));
  }

  protected override finish(text: string, whenOut?: () => void): void {
    this.pass(text);
    this.#sent = this.#sent.then(() => void this.response.end(whenOut));
  }

  async #send(pieces: readonly Buffer[]): Promise<void> {
    const { pauseMs } = this.#bytes;
    for (const piece of pieces) {
      if (this.response.destroyed) return;
      this.response.write(piece);
      await (pauseMs === undefined ? turn() : sleep(pauseMs));
    }
  }
}
