import { setTimeout as sleep } from "node:timers/promises";
import type { Exchange } from "../http/exchange.js";
import type { ScriptedToken } from "../script/scripted-model.js";
import type { LlamacppFault } from "./fake-llamacpp-options.js";
import { generate, type LlamacppChunk, type LlamacppEnd } from "./generate.js";
import { listLogprobs } from "./list-logprobs.js";
import { LlamacppError } from "./llamacpp-error.js";

/** One generation request, checked. */
export interface Generation {
  readonly script: readonly ScriptedToken[];
  readonly body: Readonly<Record<string, unknown>>;
  readonly promptTokens: number;
  /** Tokens of the prompt that were computed before. */
  readonly cachedTokens: number;
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** Control tokens that show as text. */
  readonly preserved: readonly string[];
  /** Candidates of each token; 0: none were asked for. */
  readonly probabilities: number;
  /** Chunks before the first token. */
  readonly opening?: readonly object[];
  /** The endpoint's chunks for a token; none where its parser swallows the text. */
  readonly chunksOf: (chunk: LlamacppChunk, logprobs: unknown) => readonly object[];
  /** The endpoint's last chunks. */
  readonly endOf: (finish: "stop" | "length" | null) => readonly object[];
  /** Usage comes in a chunk of its own, where asked for; else on the last one, always. */
  readonly usageApart?: boolean;
  /** Tokens of each run that a draft model wrote. */
  readonly draftedTokens: number;
  readonly tokenDelayMs: number;
  readonly requestDelayMs: number;
}

/**
 * Answers a generation request as llama-server streams it, with the fault that was asked for.
 *
 * @returns the text that was written
 */
export async function streamReply(
  exchange: Exchange<LlamacppFault>,
  generation: Generation,
): Promise<string> {
  const { fault } = exchange;
  if (generation.requestDelayMs > 0) await sleep(generation.requestDelayMs);
  exchange.beginStream();
  if (fault === "close-after-headers") {
    exchange.hangUp();
    return "";
  }
  for (const chunk of generation.opening ?? []) await exchange.send(chunk);
  let text = "";
  let index = 0;
  for (const item of generate(generation.script, generation)) {
    if ("stopType" in item) {
      await sendEnd(exchange, generation, item);
      return text;
    }
    text += item.text;
    const isDrafted = index++ % (generation.draftedTokens + 1) !== 0;
    await sendToken(exchange, generation, { ...item, isDrafted, written: index });
    if (exchange.record.aborted || breaksOff(exchange)) return text;
  }
  return text;
}

async function sendToken(
  exchange: Exchange<LlamacppFault>,
  generation: Generation,
  { written, ...chunk }: LlamacppChunk & { readonly isDrafted: boolean; readonly written: number },
): Promise<void> {
  const { body, chunksOf, probabilities, tokenDelayMs } = generation;
  if (tokenDelayMs > 0) await sleep(tokenDelayMs);
  // Of a drafted token that was only verified, llama-server has no distribution: seen on v0.5.0.
  const isBare = exchange.fault === "no-logprobs" || chunk.isDrafted;
  const listed = isBare ? 0 : probabilities;
  const chunks = chunksOf(chunk, listed === 0 ? null : listLogprobs(chunk, listed));
  const told = body.timings_per_token === true ? { timings: timingsOf(generation, written) } : {};
  for (const [index, each] of chunks.entries()) {
    await exchange.send({ ...each, ...told }, index === 0 ? 1 : 0);
  }
}

/** Tokens of the prompt that were taken from the cache and computed, those written so far, and of the draft model's. */
function timingsOf(
  { promptTokens, cachedTokens, draftedTokens }: Generation,
  written: number,
): Record<string, number> {
  const counts = {
    cache_n: cachedTokens,
    prompt_n: promptTokens - cachedTokens,
    predicted_n: written,
  };
  const judged = Math.ceil(written / (draftedTokens + 1));
  const drafts = { draft_n: judged * draftedTokens, draft_n_accepted: written - judged };
  return draftedTokens === 0 ? counts : { ...counts, ...drafts };
}

/** Faults that strike behind a chunk. */
function breaksOff(exchange: Exchange<LlamacppFault>): boolean {
  if (exchange.fault === "cut") exchange.hangUp();
  else if (exchange.fault === "cut-in-line") exchange.breakOff('data: {"choices":[{"te');
  else if (exchange.fault === "error-in-stream") {
    const error = new LlamacppError(500, "Context size has been exceeded.", "server_error");
    exchange.breakOff(`data: ${JSON.stringify(error.body)}\n\n`);
  } else return false;
  return true;
}

async function sendEnd(
  exchange: Exchange<LlamacppFault>,
  generation: Generation,
  end: LlamacppEnd,
): Promise<void> {
  if (exchange.fault === "no-finish") {
    for (const chunk of generation.endOf(null)) await exchange.send(chunk);
    return exchange.endStream();
  }
  for (const chunk of endChunks(generation, end)) await exchange.send(chunk);
  exchange.endStream();
}

function endChunks(generation: Generation, end: LlamacppEnd): readonly object[] {
  const { body, endOf, usageApart = false } = generation;
  const chunks = endOf(finishOf(end));
  const usage = usageOf(generation, end);
  const timings = timingsOf(generation, end.tokens);
  const verbose = body.verbose === true ? { __verbose: verboseOf(end) } : {};
  const last = { ...chunks.at(-1), ...verbose };
  const before = chunks.slice(0, -1);
  if (!usageApart) return [...before, { ...last, usage, timings }];
  const { include_usage } = (body.stream_options ?? {}) as { include_usage?: unknown };
  if (include_usage !== true) return [...before, { ...last, timings }];
  return [...before, last, { ...chunks.at(-1), choices: [], usage, timings }];
}

export function finishOf({ stopType }: LlamacppEnd): "stop" | "length" {
  return stopType === "limit" ? "length" : "stop";
}

export function usageOf(
  { promptTokens, cachedTokens }: Generation,
  { tokens }: LlamacppEnd,
): Record<string, unknown> {
  return {
    completion_tokens: tokens,
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + tokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

export function verboseOf({ stopType, stoppingWord }: LlamacppEnd): Record<string, unknown> {
  return { stop: true, stop_type: stopType, stopping_word: stoppingWord, truncated: false };
}
