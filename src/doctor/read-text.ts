import type { TokenLogprobs } from "../core/token-distribution.js";
import type { TokenUsage, Written } from "../router/step-writer.js";

/** A short generation, read to its end. */
export interface ShortText {
  readonly text: string;
  readonly tokens: readonly TokenLogprobs[];
  /** `null`: the stream was cut. */
  readonly end: "stop" | "eos" | "length" | null;
  /** The final usage, else the last running total, else `null`. */
  readonly usage: TokenUsage | null;
  /** Usage came with the text too: an aborted stream's cost is known. */
  readonly runningUsage: boolean;
}

export async function readText(written: AsyncIterable<Written>): Promise<ShortText> {
  const tokens: TokenLogprobs[] = [];
  let text = "";
  let end: ShortText["end"] = null;
  let usage: TokenUsage | null = null;
  let runningUsage = false;
  for await (const item of written) {
    usage = item.usage ?? usage;
    if (item.type === "end") {
      end = item.reason;
      continue;
    }
    text += item.text;
    tokens.push(...item.tokens);
    if (item.usage !== undefined && item.text !== "") runningUsage = true;
  }
  return { text, tokens, end, usage, runningUsage };
}
