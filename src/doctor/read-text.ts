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
  /** Milliseconds until the first text, `null` where none came. */
  readonly firstMs: number | null;
  /** Milliseconds from a token to the next, `null` where there were no two. */
  readonly tokenMs: number | null;
}

export async function readText(written: AsyncIterable<Written>): Promise<ShortText> {
  const tokens: TokenLogprobs[] = [];
  let text = "";
  let end: ShortText["end"] = null;
  let usage: TokenUsage | null = null;
  let runningUsage = false;
  let bare = 0;
  const start = performance.now();
  const arrived: number[] = [];
  for await (const item of written) {
    usage = item.usage ?? usage;
    if (item.type === "end") {
      end = item.reason;
      continue;
    }
    arrived.push(performance.now());
    text += item.text;
    tokens.push(...item.tokens);
    if (item.text !== "" && item.tokens.length === 0) bare++;
    if (item.usage !== undefined && item.text !== "") runningUsage = true;
  }
  const count = Math.max(arrived.length, tokens.length, usage?.output_tokens ?? 0);
  return { text, tokens, bare, end, usage, runningUsage, ...paceOf({ start, arrived, count }) };
}

/** A chunk may carry many tokens. Where all came in one, the wait for it is all that there is to see. */
function paceOf({
  start,
  arrived,
  count,
}: {
  readonly start: number;
  readonly arrived: readonly number[];
  readonly count: number;
}): Pick<ShortText, "firstMs" | "tokenMs"> {
  const [first, last] = [arrived[0], arrived.at(-1)];
  if (first === undefined || last === undefined) return { firstMs: null, tokenMs: null };
  const firstMs = first - start;
  if (count < 2) return { firstMs, tokenMs: null };
  return { firstMs, tokenMs: arrived.length > 1 ? (last - first) / (count - 1) : firstMs / count };
}
