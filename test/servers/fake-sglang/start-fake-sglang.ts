import type { Exchange, WireForm } from "../http/exchange.js";
import { startFake } from "../http/start-fake.js";
import { FakeTokenizer } from "../script/fake-tokenizer.js";
import { PrefixCache } from "../script/prefix-cache.js";
import {
  type FakeSglangState,
  ROOT_ENDPOINTS,
  ROUTER_ENDPOINTS,
  V1_ENDPOINTS,
} from "./endpoints.js";
import type { FakeSglang, FakeSglangOptions } from "./fake-sglang-options.js";
import { SchedulerError, SglangError } from "./sglang-error.js";

const FORM: WireForm = {
  json: "application/json",
  text: "text/plain; charset=utf-8",
  stream: { "content-type": "text/event-stream; charset=utf-8" },
  closesBehindStreams: false,
};

/**
 * Starts a strict fake of SGLang 0.5.23 on a free port of 127.0.0.1, made from its source: errors in its own
 * shape and words, and what it takes and gets wrong is noticed.
 */
export async function startFakeSglang(options: FakeSglangOptions): Promise<FakeSglang> {
  const state: FakeSglangState = {
    options: { modelName: "small", template: "plain", contextLength: 4096, ...options },
    tokenizer: new FakeTokenizer(),
    cache: options.cacheReport === true ? new PrefixCache(1) : null,
    violations: [],
    running: () => running,
  };
  let running = 0;
  const server = await startFake({
    form: FORM,
    answer: async (exchange: Exchange) => {
      const generates = exchange.path.endsWith("/completions");
      if (generates) running++;
      try {
        await answer(exchange, state);
      } finally {
        if (generates) running--;
      }
    },
    crash: new SglangError(500, "Scheduler is down."),
    badJson: new SglangError(400, "1 validation error: JSON decode error"),
  });
  return Object.assign(server, { violations: state.violations });
}

/** The key is asked for on every path but /health, unlike vLLM. */
async function answer(exchange: Exchange, state: FakeSglangState): Promise<void> {
  const { method, headers } = exchange.record;
  const { apiKey, onlyV1 = false, router = false } = state.options;
  if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`) {
    return exchange.json(401, { error: "Unauthorized" });
  }
  const served = { ...(router ? ROUTER_ENDPOINTS : onlyV1 ? {} : ROOT_ENDPOINTS), ...V1_ENDPOINTS };
  const endpoint = served[`${method} ${exchange.path}`];
  if (endpoint === undefined) return exchange.json(404, { detail: "Not Found" });
  try {
    await endpoint(exchange, state);
  } catch (error) {
    if (!(error instanceof SchedulerError) || exchange.record.body.stream !== true) throw error;
    exchange.beginStream();
    await exchange.send({ error: error.body });
    exchange.endStream();
  }
}
