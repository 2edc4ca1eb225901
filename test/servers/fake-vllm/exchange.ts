import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { Fault, RecordedRequest } from "./fake-vllm-options.js";

/** An answer in vLLM's error shape. */
export class HttpError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;

  constructor(
    status: number,
    message: string,
    type = "BadRequestError",
    param: string | null = null,
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.param = param;
  }

  get body(): unknown {
    const { message, type, param, status } = this;
    return { error: { message, type, param, code: status } };
  }
}

/** One request and its reply. */
export class Exchange {
  readonly record: RecordedRequest;
  readonly fault: Fault | null;
  readonly #response: ServerResponse;
  #finished = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: Record<string, unknown>,
    fault: Fault | null,
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
    };
    this.fault = fault;
    this.#response = response;
    response.on("close", () => {
      if (!this.#finished) this.record.aborted = true;
    });
  }

  json(status: number, body: unknown): void {
    this.#finished = true;
    this.#response.writeHead(status, { "content-type": "application/json" });
    this.#response.end(JSON.stringify(body));
  }

  text(status: number, body: string): void {
    this.#finished = true;
    this.#response.writeHead(status, { "content-type": "text/plain; version=1.0.0" });
    this.#response.end(body);
  }

  html(): void {
    this.#finished = true;
    this.#response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    this.#response.end("<!doctype html><title>Welcome</title><p>Nothing to see here.</p>");
  }

  /** Ends the connection as a dying server does. */
  hangUp(): void {
    this.#finished = true;
    this.#response.socket?.destroy();
  }

  beginStream(): void {
    this.#response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    this.#response.flushHeaders();
  }

  /** Sends a chunk; `tokens` of them. Resolves when it had a chance to be read. */
  async send(chunk: unknown, tokens = 0, delayMs = 0): Promise<void> {
    if (delayMs > 0) await sleep(delayMs);
    if (this.record.aborted) {
      this.record.tokensAfterAbort += tokens;
      return;
    }
    this.record.tokensWritten += tokens;
    this.#response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    await turn();
  }

  endStream(): void {
    this.#finished = true;
    this.#response.end("data: [DONE]\n\n");
  }
}
