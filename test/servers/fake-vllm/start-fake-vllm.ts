import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeTokenizer } from "../script/fake-tokenizer.js";
import { type FakeServerState, ROOT_ENDPOINTS, V1_ENDPOINTS } from "./endpoints.js";
import { Exchange, HttpError } from "./exchange.js";
import type { FakeVllmOptions, Fault, RecordedRequest, Violation } from "./fake-vllm-options.js";

/** A running fake. */
export interface FakeVllm {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseURL: string;
  /** Every request so far, in order. */
  readonly requests: readonly RecordedRequest[];
  /** The requests to one path, such as "/v1/completions". */
  to(path: string): readonly RecordedRequest[];
  /** What a real server would have taken and got wrong. */
  readonly violations: readonly { readonly violation: Violation; readonly prompt: string }[];
  /** Connections that were opened so far. */
  readonly sockets: number;
  /** Lets the next request to `path` (any, where absent) fail; `times` of them. */
  fail(fault: Fault, on?: { readonly path?: string; readonly times?: number }): void;
  /** Resolves when no request is being answered. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a strict fake of vLLM 0.32 on a free port of 127.0.0.1: it refuses what vLLM refuses, in vLLM's
 * words, ignores unknown fields like vLLM, and notices what vLLM would take and get wrong.
 */
export async function startFakeVllm(options: FakeVllmOptions): Promise<FakeVllm> {
  let running = 0;
  const state: FakeServerState = {
    options: { modelName: "small", template: "plain", maxModelLen: 4096, ...options },
    tokenizer: new FakeTokenizer(),
    violations: [],
    running: () => running,
  };
  const requests: RecordedRequest[] = [];
  const faults: { fault: Fault; path: string | undefined; times: number }[] = [];
  let sockets = 0;
  const takeFault = (path: string): Fault | null => {
    const next = faults.find((each) => each.times > 0 && (each.path ?? path) === path);
    if (next === undefined) return null;
    next.times--;
    return next.fault;
  };
  const server = createServer(async (request, response) => {
    running++;
    try {
      const body = await readBody(request);
      const exchange = new Exchange(request, response, body, takeFault(request.url ?? ""));
      requests.push(exchange.record);
      await answer(exchange, state);
    } finally {
      running--;
    }
  });
  server.on("connection", () => sockets++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    baseURL: `${url}/v1`,
    requests,
    to: (path) => requests.filter((request) => request.path === path),
    violations: state.violations,
    get sockets() {
      return sockets;
    },
    fail: (fault, { path, times = 1 } = {}) => faults.push({ fault, path, times }),
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

async function answer(exchange: Exchange, state: FakeServerState): Promise<void> {
  const { method, path, headers } = exchange.record;
  const { apiKey, onlyV1 = false } = state.options;
  if (exchange.fault === "close-before-first-byte") return exchange.hangUp();
  if (exchange.fault === "html") return exchange.html();
  try {
    if (exchange.fault === "server-error") {
      throw new HttpError(500, "EngineCore encountered an issue.", "InternalServerError");
    }
    const isV1 = path.startsWith("/v1/");
    if (isV1 && apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
      return exchange.json(401, { error: "Unauthorized" });
    }
    const endpoints = isV1 ? V1_ENDPOINTS : onlyV1 ? {} : ROOT_ENDPOINTS;
    const endpoint = endpoints[`${method} ${path}`];
    if (endpoint === undefined) return exchange.json(404, { detail: "Not Found" });
    await endpoint(exchange, state);
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    exchange.json(error.status, error.body);
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  return text === "" ? {} : JSON.parse(text);
}
