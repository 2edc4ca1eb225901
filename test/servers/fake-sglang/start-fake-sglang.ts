import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Exchange } from "../fake-vllm/exchange.js";
import type { Fault, RecordedRequest } from "../fake-vllm/fake-vllm-options.js";
import { FakeTokenizer } from "../script/fake-tokenizer.js";
import { type FakeSglangState, ROOT_ENDPOINTS, V1_ENDPOINTS } from "./endpoints.js";
import type { FakeSglang, FakeSglangOptions } from "./fake-sglang-options.js";
import { SglangError } from "./sglang-error.js";

/**
 * Starts a strict fake of SGLang 0.5.23 on a free port of 127.0.0.1, made from its source: errors in its own
 * shape and words, and what it takes and gets wrong is noticed.
 */
export async function startFakeSglang(options: FakeSglangOptions): Promise<FakeSglang> {
  const state: FakeSglangState = {
    options: { modelName: "small", template: "plain", contextLength: 4096, ...options },
    tokenizer: new FakeTokenizer(),
    violations: [],
  };
  const requests: RecordedRequest[] = [];
  const faults: { fault: Fault; path: string | undefined; times: number }[] = [];
  let running = 0;
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
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    baseURL: `${url}/v1`,
    requests,
    to: (path) => requests.filter((request) => request.path === path),
    violations: state.violations,
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

async function answer(exchange: Exchange, state: FakeSglangState): Promise<void> {
  const { method, path, headers } = exchange.record;
  const { apiKey, onlyV1 = false } = state.options;
  if (exchange.fault === "close-before-first-byte") return exchange.hangUp();
  if (exchange.fault === "html") return exchange.html();
  try {
    if (exchange.fault === "server-error") throw new SglangError(500, "Scheduler is down.");
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
      return exchange.json(401, { error: "Unauthorized" });
    }
    const endpoints = path.startsWith("/v1/") ? V1_ENDPOINTS : onlyV1 ? {} : ROOT_ENDPOINTS;
    const endpoint = endpoints[`${method} ${path}`];
    if (endpoint === undefined) return exchange.json(404, { detail: "Not Found" });
    await endpoint(exchange, state);
  } catch (error) {
    if (!(error instanceof SglangError)) throw error;
    exchange.json(error.status, error.body);
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  return text === "" ? {} : JSON.parse(text);
}
