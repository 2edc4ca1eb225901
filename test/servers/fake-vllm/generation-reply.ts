import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange } from "../http/exchange.js";
import type { ScriptedToken } from "../script/scripted-model.js";
import type { FakeVllmOptions } from "./fake-vllm-options.js";
import { type GeneratedChunk, generate } from "./generate.js";
import { processed } from "./process-logprobs.js";
import { logprobsError } from "./validate-request.js";
import type { VllmError } from "./vllm-error.js";

/** One generation request, checked. */
export interface Generation {
  readonly script: readonly ScriptedToken[];
  readonly body: Readonly<Record<string, unknown>>;
  readonly promptTokens: number;
  /** Those of them that came from the prefix cache; absent: not told. */
  readonly cachedTokens?: number;
  /** What the request or the endpoint's default says, before the context's end is looked at. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** Candidates of each token, `null` where no log-probabilities were asked for. */
  readonly logprobs: number | null;
  /** Chunks before the first token. */
  readonly opening?: readonly object[];
  /** The endpoint's shape of a chunk. */
  readonly shape: (chunk: GeneratedChunk, logprobs: number | null) => Record<string, unknown>;
}

type Settings = FakeVllmOptions & { readonly maxModelLen: number };

/** Answers a generation request as vLLM does, with the faults that were asked for. */
export async function reply(
  exchange: Exchange,
  options: Settings,
  generation: Generation,
): Promise<void> {
  const { logprobs } = generation;
  const refused = logprobs === null ? null : logprobsError(logprobs, options.maxLogprobs);
  if (generation.body.stream === true) return streamReply(exchange, options, generation, refused);
  await sleep(options.requestDelayMs ?? 0);
  if (refused !== null) throw refused;
  const whole = { ...options, tokensPerChunk: Number.POSITIVE_INFINITY };
  const [chunk] = generate(generation.script, generateOptions(whole, generation));
  if (chunk === undefined) throw new Error("The script has no tokens.");
  const usage = finalUsageOf(generation, chunk.tokens.length);
  const areLost = exchange.fault === "no-logprobs" || options.logprobsInWhole === false;
  const told = areLost ? null : generation.logprobs;
  exchange.json(200, { ...generation.shape(chunk, told), usage });
}

async function streamReply(
  exchange: Exchange,
  options: Settings,
  generation: Generation,
  refused: VllmError | null,
): Promise<void> {
  exchange.beginStream(headersOf(options));
  if (exchange.fault === "close-after-headers") return exchange.hangUp();
  await sleep(options.requestDelayMs ?? 0);
  if (refused !== null) {
    await exchange.send(refused.body);
    return exchange.endStream();
  }
  const stats = statsOf(options, generation);
  const withUsage = (chunk: object, written: number) =>
    stats.continuous_usage_stats ? { ...chunk, usage: usageOf(generation, written) } : chunk;
  for (const chunk of generation.opening ?? []) await exchange.send(withUsage(chunk, 0));
  let written = 0;
  for (const chunk of generate(generation.script, generateOptions(options, generation))) {
    written += chunk.tokens.length;
    const logprobs = losesLogprobs(exchange, options) ? null : generation.logprobs;
    const seen = options.processedLogprobs ? processed(chunk, generation.body) : chunk;
    const shaped = withUsage(generation.shape(withFault(exchange, seen), logprobs), written);
    await exchange.send(shaped, chunk.tokens.length, options.tokenDelayMs);
    if (exchange.record.aborted || (await breaksOff(exchange))) return;
  }
  if (stats.include_usage) {
    const usage = finalUsageOf(generation, written);
    await exchange.send({ choices: [], usage, ...metricsOf(options) });
  }
  exchange.endStream();
}

function headersOf({ gateway }: Settings): Readonly<Record<string, string>> {
  return gateway === "litellm" ? { "x-litellm-call-id": "1", "x-litellm-version": "1.108.7" } : {};
}

/** LiteLLM has no running totals. */
function statsOf({ gateway }: Settings, { body }: Generation): Readonly<Record<string, unknown>> {
  const stats = (body.stream_options ?? {}) as Record<string, unknown>;
  return gateway === "litellm" ? { ...stats, continuous_usage_stats: false } : stats;
}

function losesLogprobs(
  { fault, path }: Exchange,
  { gateway, logprobsInStreams }: Settings,
): boolean {
  if (fault === "no-logprobs" || logprobsInStreams === false) return true;
  return gateway === "litellm" && path === "/v1/completions";
}

/** Faults that strike behind a chunk. */
async function breaksOff(exchange: Exchange): Promise<boolean> {
  if (exchange.fault === "cut") exchange.hangUp();
  else if (exchange.fault === "error-in-stream") {
    await exchange.send(ENGINE_ERROR);
    exchange.endStream();
  } else return false;
  return true;
}

function usageOf({ promptTokens }: Generation, written: number): Record<string, number> {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: written,
    total_tokens: promptTokens + written,
  };
}

function metricsOf({ metrics }: Settings): { readonly metrics?: unknown } {
  return metrics === undefined ? {} : { metrics };
}

/** Running totals say nothing of the cache. */
function finalUsageOf(generation: Generation, written: number): Record<string, unknown> {
  const { cachedTokens: cached_tokens } = generation;
  const details = cached_tokens === undefined ? {} : { prompt_tokens_details: { cached_tokens } };
  return { ...usageOf(generation, written), ...details };
}

const ENGINE_ERROR = {
  error: {
    message: "EngineCore encountered an issue. See stack trace (above) for the root cause.",
    type: "InternalServerError",
    param: null,
    code: 500,
  },
};

function generateOptions(
  options: Settings,
  { body, maxTokens, promptTokens, stop }: Generation,
): Parameters<typeof generate>[1] {
  return {
    maxTokens: Math.min(maxTokens, options.maxModelLen - promptTokens),
    stop,
    includeStop: body.include_stop_str_in_output === true,
    skipSpecial: body.skip_special_tokens !== false,
    tokensPerChunk: options.tokensPerChunk ?? 1,
  };
}

/** `finish` as a fault has it. */
function withFault(exchange: Exchange, chunk: GeneratedChunk): GeneratedChunk {
  if (exchange.fault === "no-finish") return { ...chunk, finish: null };
  if (exchange.fault === "finish-abort" && chunk.finish !== null) {
    return { ...chunk, finish: "abort" as never };
  }
  return chunk;
}
