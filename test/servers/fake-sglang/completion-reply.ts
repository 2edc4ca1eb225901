import type { Exchange } from "../http/exchange.js";
import type { ScriptedToken } from "../script/scripted-model.js";
import { generate, type SglangChunk, type SglangSampling } from "./generate.js";
import { SglangError } from "./sglang-error.js";
import { legacyLogprobs } from "./sglang-logprobs.js";

export interface Completion {
  readonly script: readonly ScriptedToken[];
  readonly sampling: SglangSampling;
  readonly promptTokens: number;
  /** Those from the prefix cache; `null`: not told. */
  readonly cachedTokens: number | null;
  /** Candidates of each token, `null` where none were asked for. */
  readonly logprobs: number | null;
  /** What the log-probabilities are divided by. */
  readonly temperature: number;
  readonly delayMs: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers a text completion, with the faults that were asked for. */
export async function reply(exchange: Exchange, completion: Completion): Promise<void> {
  const { body, script, sampling } = completion;
  if (body.stream !== true) {
    const [chunk] = generate(script, { ...sampling, tokensPerChunk: Number.POSITIVE_INFINITY });
    if (chunk === undefined) throw new Error("The script has no tokens.");
    const usage = finalUsageOf(completion, chunk.tokens.length);
    return exchange.json(200, { ...shape(chunk, completion), usage });
  }
  const stats = (body.stream_options ?? {}) as Record<string, unknown>;
  exchange.beginStream();
  if (exchange.fault === "close-after-headers") return exchange.hangUp();
  let written = 0;
  for (const chunk of generate(script, sampling)) {
    written += chunk.tokens.length;
    const shaped = shape(withFault(exchange, chunk), {
      ...completion,
      logprobs: exchange.fault === "no-logprobs" ? null : completion.logprobs,
    });
    const usage = stats.continuous_usage_stats ? usageOf(completion, written) : null;
    await exchange.send({ ...shaped, usage }, chunk.tokens.length, completion.delayMs);
    if (exchange.record.aborted || (await breaksOff(exchange))) return;
  }
  if (stats.include_usage) {
    await exchange.send({ choices: [], usage: finalUsageOf(completion, written) });
  }
  exchange.endStream();
}

export async function breaksOff(exchange: Exchange): Promise<boolean> {
  if (exchange.fault === "cut") exchange.hangUp();
  else if (exchange.fault === "error-in-stream") {
    // In a stream, and only there, the error is where the SDK looks for it.
    await exchange.send({ error: new SglangError(500, "Scheduler hit an exception.").body });
    exchange.endStream();
  } else return false;
  return true;
}

export function withFault(exchange: Exchange, chunk: SglangChunk): SglangChunk {
  if (exchange.fault === "no-finish") return { ...chunk, finish: null, matched: null };
  if (exchange.fault === "finish-abort" && chunk.finish !== null) {
    return { ...chunk, finish: "abort" as never, matched: null };
  }
  return chunk;
}

function usageOf({ promptTokens }: Completion, written: number): Record<string, number | null> {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + written,
    completion_tokens: written,
    prompt_tokens_details: null,
    reasoning_tokens: 0,
    completion_tokens_details: null,
  };
}

/** With `--enable-cache-report`; running totals of text completions say nothing of the cache, those of a chat do. */
export function finalUsageOf(completion: Completion, written: number): Record<string, unknown> {
  const { cachedTokens: cached_tokens } = completion;
  const details = cached_tokens === null ? null : { cached_tokens };
  return { ...usageOf(completion, written), prompt_tokens_details: details };
}

function shape(
  { text, tokens, finish, matched }: SglangChunk,
  { logprobs, temperature }: Completion,
): Record<string, unknown> {
  return {
    id: "fake",
    object: "text_completion",
    choices: [
      {
        index: 0,
        text,
        logprobs: logprobs === null ? null : legacyLogprobs(tokens, { k: logprobs, temperature }),
        finish_reason: finish,
        matched_stop: matched,
      },
    ],
  };
}
