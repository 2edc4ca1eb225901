import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import type { LlamacppFault, LlamacppRequest } from "./fake-llamacpp-options.js";

type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "not_found_error"
  | "server_error"
  | "exceed_context_size_error"
  | "violation";

/** An answer in llama.cpp's error shape: `code` is a number. */
export class LlamacppError extends Error {
  readonly status: number;
  readonly type: ErrorType;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    type: ErrorType = "invalid_request_error",
    more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.more = more;
  }

  get body(): unknown {
    const { message, type, status, more } = this;
    return { error: { code: status, message, type, ...more } };
  }
}

/** One request and its reply. */
export class LlamacppExchange {
  readonly record: LlamacppRequest;
  readonly fault: LlamacppFault | null;
  readonly #response: ServerResponse;
  #finished = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: Record<string, unknown>,
    fault: LlamacppFault | null,
  ) {
    this.record = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body,
      prompt: null,
      tokensWritten: 0,
      tokensAfterAbort: 0,
      aborted: false,
      writtenAt: [],
      abortedAt: null,
    };
    this.fault = fault;
    this.#response = response;
    response.on("close", () => {
      if (this.#finished) return;
      this.record.aborted = true;
      this.record.abortedAt = performance.now();
    });
  }

  json(status: number, body: unknown): void {
    this.#reply(status, "application/json; charset=utf-8", JSON.stringify(body));
  }

  text(status: number, body: string): void {
    this.#reply(status, "text/plain; version=0.0.4", body);
  }

  html(): void {
    this.#reply(200, "text/html; charset=utf-8", "<!doctype html><title>Welcome</title>");
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

  beginStream(): void {
    this.#response.writeHead(200, {
      "content-type": "text/event-stream",
      // So it says, and closes the connection behind the reply all the same.
      "keep-alive": "timeout=5, max=100",
    });
    this.#response.flushHeaders();
  }

  /** Sends a chunk; `tokens` of them. Resolves when it had a chance to be read. */
  async send(chunk: unknown, tokens = 0): Promise<void> {
    if (this.record.aborted) {
      this.record.tokensAfterAbort += tokens;
      return;
    }
    this.record.tokensWritten += tokens;
    for (let token = 0; token < tokens; token++) this.record.writtenAt.push(performance.now());
    this.#response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    await turn();
  }

  endStream(): void {
    this.#closeBehind("data: [DONE]\n\n");
  }

  /** Ends the stream in order, but without `[DONE]`. */
  breakOff(lastWords = ""): void {
    this.#closeBehind(lastWords);
  }

  #closeBehind(text: string): void {
    this.#finished = true;
    const { socket } = this.#response;
    this.#response.end(text, () => socket?.end());
  }
}
