import type { IncomingMessage } from "node:http";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { Fault } from "./fault.js";
import type { RecordedRequest } from "./recorded-request.js";
import type { ReplySink } from "./wire.js";

/** How a server writes its replies. */
export interface WireForm {
  readonly json: string;
  readonly text: string;
  readonly stream: Readonly<Record<string, string>>;
  /** Ends the connection behind a stream, whatever its headers say. */
  readonly closesBehindStreams: boolean;
}

/** One request and its reply. */
export class Exchange<Kind extends string = Fault> {
  readonly record: RecordedRequest;
  /** Without its query. */
  readonly path: string;
  readonly fault: Kind | null;
  readonly #response: ReplySink;
  readonly #form: WireForm;
  #finished = false;

  constructor(
    request: IncomingMessage,
    response: ReplySink,
    body: Record<string, unknown>,
    how: { readonly fault: Kind | null; readonly form: WireForm },
  ) {
    this.record = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body,
      prompt: null,
      tokensWritten: 0,
      promptTokens: null,
      tokensAfterAbort: 0,
      aborted: false,
      writtenAt: [],
      abortedAt: null,
    };
    this.path = pathOf(request);
    this.fault = how.fault;
    this.#response = response;
    this.#form = how.form;
    response.on("close", () => {
      if (this.#finished) return;
      this.record.aborted = true;
      this.record.abortedAt = performance.now();
    });
  }

  json(status: number, body: unknown): void {
    this.#reply(status, this.#form.json, JSON.stringify(body));
  }

  text(status: number, body: string): void {
    this.#reply(status, this.#form.text, body);
  }

  html(): void {
    const page = "<!doctype html><title>Welcome</title><p>Nothing to see here.</p>";
    this.#reply(200, "text/html; charset=utf-8", page);
  }

  #reply(status: number, contentType: string, body: string): void {
    this.#finished = true;
    this.#response.writeHead(status, { "content-type": contentType });
    this.#response.end(body);
  }

  /** Ends the connection as a dying server does. */
  hangUp(): void {
    this.#finished = true;
    this.#response.socket?.destroy();
  }

  beginStream(headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(200, { ...this.#form.stream, ...headers });
    this.#response.flushHeaders();
  }

  /** Sends a chunk; `tokens` of them. Resolves when it had a chance to be read. */
  send(chunk: unknown, tokens = 0, delayMs = 0): Promise<void> {
    return this.#write(`data: ${JSON.stringify(chunk)}\n\n`, tokens, delayMs);
  }

  /** The same as a line of JSON. */
  sendLine(chunk: unknown, tokens = 0, delayMs = 0): Promise<void> {
    return this.#write(`${JSON.stringify(chunk)}\n`, tokens, delayMs);
  }

  async #write(text: string, tokens: number, delayMs: number): Promise<void> {
    if (delayMs > 0) await sleep(delayMs);
    if (this.record.aborted) {
      this.record.tokensAfterAbort += tokens;
      return;
    }
    this.record.tokensWritten += tokens;
    for (let token = 0; token < tokens; token++) this.record.writtenAt.push(performance.now());
    this.#response.write(text);
    await turn();
  }

  endStream(): void {
    this.breakOff("data: [DONE]\n\n");
  }

  /** Ends the stream in order, but without `[DONE]`. */
  breakOff(lastWords = ""): void {
    this.#finished = true;
    const { socket } = this.#response;
    this.#response.end(lastWords, () => {
      if (this.#form.closesBehindStreams) socket?.end();
    });
  }
}

export function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?")[0] ?? "";
}
