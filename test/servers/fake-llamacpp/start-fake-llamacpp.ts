import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeTokenizer } from "../script/fake-tokenizer.js";
import { ENDPOINTS, type FakeLlamacppState, OPEN_ENDPOINTS } from "./endpoints.js";
import type {
  FakeLlamacpp,
  FakeLlamacppOptions,
  LlamacppFault,
  LlamacppRequest,
} from "./fake-llamacpp-options.js";
import { LlamacppError, LlamacppExchange } from "./llamacpp-exchange.js";

/**
 * Starts a strict fake of llama.cpp's server (v0.5.0) on a free port of 127.0.0.1: it refuses what
 * llama-server refuses, in its words, takes what that takes, and notices what it then gets wrong.
 */
export async function startFakeLlamacpp(options: FakeLlamacppOptions): Promise<FakeLlamacpp> {
  const state: FakeLlamacppState = {
    options: { modelName: "small.gguf", template: "plain", contextSize: 4096, ...options },
    tokenizer: new FakeTokenizer(),
    violations: [],
    processing: 0,
    slot: "",
  };
  const requests: LlamacppRequest[] = [];
  const faults: { fault: LlamacppFault; path: string | undefined; times: number }[] = [];
  let running = 0;
  let sockets = 0;
  const takeFault = (path: string): LlamacppFault | null => {
    const next = faults.find((each) => each.times > 0 && (each.path ?? path) === path);
    if (next === undefined) return null;
    next.times--;
    return next.fault;
  };
  const server = createServer(async (request, response) => {
    running++;
    try {
      const text = await readBody(request);
      const path = pathOf(request);
      const body = parseBody(text);
      const exchange = new LlamacppExchange(request, response, body ?? {}, takeFault(path));
      requests.push(exchange.record);
      if (body === null) exchange.json(500, BAD_JSON.body);
      else await answer(exchange, path, state);
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
    to: (path) => requests.filter((request) => request.path.split("?")[0] === path),
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

const BAD_JSON = new LlamacppError(
  500,
  "[json.exception.parse_error.101] parse error at line 1, column 1: syntax error",
  "server_error",
);

async function answer(
  exchange: LlamacppExchange,
  path: string,
  state: FakeLlamacppState,
): Promise<void> {
  const { method, headers } = exchange.record;
  const { apiKey } = state.options;
  if (exchange.fault === "close-before-first-byte") return exchange.hangUp();
  if (exchange.fault === "html") return exchange.html();
  try {
    if (exchange.fault === "server-error") {
      throw new LlamacppError(500, "Compute error.", "server_error");
    }
    const endpoint = `${method} ${path}`;
    const open = OPEN_ENDPOINTS[endpoint];
    if (open !== undefined) return await open(exchange, state);
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
      throw new LlamacppError(401, "Invalid API Key", "authentication_error");
    }
    const guarded = ENDPOINTS[endpoint];
    if (guarded === undefined) throw new LlamacppError(404, "File Not Found", "not_found_error");
    await guarded(exchange, state);
  } catch (error) {
    if (!(error instanceof LlamacppError)) throw error;
    exchange.json(error.status, error.body);
  }
}

/** llama-server looks at no query but that of `/props?model=`, and there only with several models. */
function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?")[0] ?? "";
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
