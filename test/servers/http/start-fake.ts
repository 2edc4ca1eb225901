import { createServer, type IncomingMessage } from "node:http";
import { Exchange, pathOf, type WireForm } from "./exchange.js";
import { FakeError } from "./fake-error.js";
import { type Fault, Faults } from "./fault.js";
import { listen } from "./listen.js";
import type { RecordedRequest } from "./recorded-request.js";
import type { Wire } from "./wire.js";

/** A running fake. */
export interface FakeServer<Kind extends string = Fault> {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseURL: string;
  /** Every request so far, in order. */
  readonly requests: readonly RecordedRequest[];
  /** The requests to one path, such as "/v1/completions". */
  to(path: string): readonly RecordedRequest[];
  /** Connections that were opened so far. */
  readonly sockets: number;
  /** Requests whose reply has neither ended nor been given up. */
  readonly open: number;
  /** Requests that are being answered. */
  readonly running: number;
  /** Lets the next request to `path` (any, where absent) fail; `times` of them. */
  fail(fault: Kind, on?: { readonly path?: string; readonly times?: number }): void;
  /** Resolves when no request is being answered. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** What one server does in its own way. */
export interface ServerWays<Kind extends string> {
  readonly form: WireForm;
  /** Answers a request that no fault keeps from being answered; throws what it refuses. */
  readonly answer: (exchange: Exchange<Kind>) => void | Promise<void>;
  /** The error of the fault "server-error". */
  readonly crash: FakeError;
  readonly badJson: FakeError;
  /** What stands in front of it. */
  readonly wire?: Wire | undefined;
}

/** Starts a fake on a free port of 127.0.0.1, which records its requests and fails when told to. */
export async function startFake<Kind extends string>(
  ways: ServerWays<Kind>,
): Promise<FakeServer<Kind>> {
  const requests: RecordedRequest[] = [];
  const faults = new Faults<Kind>();
  let running = 0;
  let sockets = 0;
  let open = 0;
  const server = createServer(async (request, response) => {
    running++;
    open++;
    response.on("close", () => open--);
    try {
      const body = parseBody(await readBody(request));
      const fault = faults.take(pathOf(request));
      const asked = { path: pathOf(request), body: body ?? {} };
      const sink = ways.wire === undefined ? response : ways.wire.sinkFor(asked, response);
      const how = { fault, form: ways.form };
      const exchange = new Exchange(request, sink ?? response, body ?? {}, how);
      requests.push(exchange.record);
      if (sink === null) return;
      if (body === null) exchange.json(ways.badJson.status, ways.badJson.body);
      else await answerOrFail(exchange, ways);
    } finally {
      running--;
    }
  });
  server.on("connection", () => sockets++);
  const url = await listen(server);
  return {
    url,
    baseURL: `${url}/v1`,
    requests,
    to: (path) => requests.filter((request) => request.path.split("?")[0] === path),
    get sockets() {
      return sockets;
    },
    get open() {
      return open;
    },
    get running() {
      return running;
    },
    fail: (fault, on = {}) => faults.add(fault, on),
    idle: async () => {
      while (running > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerOrFail<Kind extends string>(
  exchange: Exchange<Kind>,
  { answer, crash }: ServerWays<Kind>,
): Promise<void> {
  if (exchange.fault === "close-before-first-byte") return exchange.hangUp();
  if (exchange.fault === "html") return exchange.html();
  if (exchange.fault === "server-error") return exchange.json(crash.status, crash.body);
  try {
    await answer(exchange);
  } catch (error) {
    if (!(error instanceof FakeError)) throw error;
    exchange.json(error.status, error.body);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

/** `null`: no JSON. */
function parseBody(text: string): Record<string, unknown> | null {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}
