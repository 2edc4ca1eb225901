import type { TokenUsage, Written } from "../../router/step-writer.js";
import { type BesideUsage, readSpeculation } from "./read-speculation.js";

/**
 * `usage` of a chunk in OpenAI's format, as it says it: the router knows what can be. A count that is missing
 * is none.
 *
 * @param beside - the chunk: llama.cpp's `timings` stand in for `usage`, on every chunk with `timings_per_token`
 */
export function readUsage(
  usage: unknown,
  beside: BesideUsage = {},
): { readonly usage?: TokenUsage } {
  const counts = readCounts(usage, readTimings(beside.timings));
  if (counts === null) return {};
  const speculation = readSpeculation(beside);
  return { usage: speculation === null ? counts : { ...counts, speculation } };
}

function readCounts(usage: unknown, timed: TokenUsage | null): TokenUsage | null {
  if (typeof usage !== "object" || usage === null) return timed;
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = usage as ToldUsage;
  if (prompt_tokens === undefined && completion_tokens === undefined) return null;
  const counts = {
    input_tokens: prompt_tokens ?? Number.NaN,
    output_tokens: completion_tokens ?? Number.NaN,
  };
  const cached = prompt_tokens_details?.cached_tokens ?? timed?.cached_tokens;
  return typeof cached === "number" ? { ...counts, cached_tokens: cached } : counts;
}

/** Tokens of the prompt from the cache and computed, and those written so far. */
function readTimings(timings: unknown): TokenUsage | null {
  if (typeof timings !== "object" || timings === null) return null;
  const { cache_n, prompt_n, predicted_n } = timings as Readonly<Record<string, unknown>>;
  if (typeof cache_n !== "number" || typeof prompt_n !== "number") return null;
  if (typeof predicted_n !== "number") return null;
  return { input_tokens: cache_n + prompt_n, output_tokens: predicted_n, cached_tokens: cache_n };
}

interface ToldUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  /** vLLM's with `--enable-prompt-tokens-details`, SGLang's with `--enable-cache-report`, llama.cpp's always. */
  readonly prompt_tokens_details?: { readonly cached_tokens?: unknown } | null;
}

/** An event without text or token. It is handed on, so that the router can count it. */
export function silence(said: { readonly usage?: TokenUsage }): Written {
  return { type: "text", text: "", tokens: [], ...said };
}
