import type { TokenLogprobs } from "../core/token-distribution.js";
import type { TokenUsage, Written } from "../router/step-writer.js";

/** A short generation, read to its end. */
export interface ShortText {
  readonly text: string;
  readonly tokens: readonly TokenLogprobs[];
  /** Pieces of text that came without a token's log-probabilities. */
  readonly bare: number;
  /** `null`: the stream was cut. */
  readonly end: "stop" | "eos" | "length" | null;
  /** The final usage, else the last running total, else `null`. */
  readonly usage: TokenUsage | null;
  /** Usage came with the text too: an aborted stream's cost is known. */
  readonly runningUsage: boolean;
  /** Tokens, as far as they can be told. */
  readonly count: number;
  /** Milliseconds until the first text, `null` where none came. */
  readonly firstMs: number | null;
  /** Milliseconds until the last. */
  readonly lastMs: number | null;
}

export async function readText(written: AsyncIterable<Written>): Promise<ShortText> {
  const tokens: TokenLogprobs[] = [];
  let text = "";
  let end: ShortText["end"] = null;
  let usage: TokenUsage | null = null;
  let runningUsage = false;
  let bare = 0;
  const start = performance.now();
  let pieces = 0;
  let firstMs: number | null = null;
  let lastMs: number | null = null;
  for await (const item of written) {
    usage = item.usage ?? usage;
    if (item.type === "end") {
      end = item.reason;
      continue;
    }
    // A last event may bring nothing but the usage.
    if (item.text !== "" || item.tokens.length > 0) {
      pieces++;
      lastMs = performance.now() - start;
      firstMs ??= lastMs;
    }
    text += item.text;
    tokens.push(...item.tokens);
    if (item.text !== "" && item.tokens.length === 0) bare++;
    if (item.usage !== undefined && item.text !== "") runningUsage = true;
  }
  const count = Math.max(pieces, tokens.length, usage?.output_tokens ?? 0);
  return { text, tokens, bare, end, usage, runningUsage, count, firstMs, lastMs };
}
