import type { Exchange, WireForm } from "../http/exchange.js";
import { type FakeServer, startFake } from "../http/start-fake.js";
import type { Wire } from "../http/wire.js";
import { FakeTokenizer } from "../script/fake-tokenizer.js";
import { PrefixCache } from "../script/prefix-cache.js";
import {
  type FakeServerState,
  GATEWAY_ENDPOINTS,
  ROOT_ENDPOINTS,
  V1_ENDPOINTS,
} from "./endpoints.js";
import type { FakeVllmOptions, Violation } from "./fake-vllm-options.js";
import { VllmError } from "./vllm-error.js";

/** A running fake. */
export interface FakeVllm extends FakeServer {
  /** What a real server would have taken and got wrong. */
  readonly violations: readonly { readonly violation: Violation; readonly prompt: string }[];
}

const FORM: WireForm = {
  json: "application/json",
  text: "text/plain; version=1.0.0",
  stream: { "content-type": "text/event-stream; charset=utf-8" },
  closesBehindStreams: false,
};

/**
 * Starts a strict fake of vLLM 0.32 on a free port of 127.0.0.1: it refuses what vLLM refuses, in vLLM's
 * words, ignores unknown fields like vLLM, and notices what vLLM would take and get wrong.
 */
export async function startFakeVllm(options: FakeVllmOptions, wire?: Wire): Promise<FakeVllm> {
  const state: FakeServerState = {
    options: { modelName: "small", template: "plain", maxModelLen: 4096, ...options },
    tokenizer: new FakeTokenizer(),
    cache: options.cacheBlock === undefined ? null : new PrefixCache(options.cacheBlock),
    violations: [],
    running: () => server.running,
  };
  const server: FakeServer = await startFake({
    form: FORM,
    answer: (exchange) => answer(exchange, state),
    crash: new VllmError(500, "EngineCore encountered an issue.", "InternalServerError"),
    badJson: new VllmError(400, "1 validation error: JSON decode error"),
    wire,
  });
  return Object.assign(server, { violations: state.violations });
}

async function answer(exchange: Exchange, state: FakeServerState): Promise<void> {
  const { method, headers } = exchange.record;
  const { apiKey, gateway, onlyV1 = false } = state.options;
  const isV1 = exchange.path.startsWith("/v1/");
  if (isV1 && apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
    return exchange.json(401, { error: "Unauthorized" });
  }
  const root = gateway === undefined ? ROOT_ENDPOINTS : GATEWAY_ENDPOINTS[gateway];
  const endpoints = isV1 ? V1_ENDPOINTS : onlyV1 ? {} : root;
  const endpoint = endpoints[`${method} ${exchange.path}`];
  if (endpoint === undefined) return exchange.json(404, { detail: "Not Found" });
  await endpoint(exchange, state);
}
