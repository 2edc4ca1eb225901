import type { TokenLogprob, TokenLogprobs } from "../../src/core/token-distribution.js";
import type { TokenUsage, Written } from "../../src/router/step-writer.js";

/** Candidates that every scripted glimpse has. */
export const K = 8;

/** Entropies on either side of the threshold of the tests, 1 nat. */
export const LOW = 0.2;
export const HIGH = 1.8;

type Text = Extract<Written, { type: "text" }>;

const likeliestOf = new Map<number, number>();

/** K candidates with the given entropy in nats, 0 to ln K: `token` with p, the others sharing the rest. */
function topOf(token: string, entropy: number): TokenLogprob[] {
  const p = likeliestOf.get(entropy) ?? likeliest(entropy);
  likeliestOf.set(entropy, p);
  const rest = Array.from({ length: K - 1 }, (_, index) => ({
    token: `${token}~${index}`,
    logprob: Math.log((1 - p) / (K - 1)),
  }));
  return [{ token, logprob: Math.log(p) }, ...rest];
}

/** The p whose distribution has this entropy; it falls as p grows, so halving finds it. */
function likeliest(entropy: number): number {
  let [low, high] = [1 / K, 1];
  for (let round = 0; round < 60; round++) {
    const p = (low + high) / 2;
    const rest = (1 - p) / (K - 1);
    const found = -p * Math.log(p) - (rest > 0 ? (1 - p) * Math.log(rest) : 0);
    if (found > entropy) low = p;
    else high = p;
  }
  return (low + high) / 2;
}

export function listed(token: string, entropy = LOW): TokenLogprobs {
  const top = topOf(token, entropy);
  return { token, logprob: top[0]?.logprob ?? null, top };
}

/** One token in a chunk of its own. */
export function token(text: string, entropy = LOW): Text {
  return { type: "text", text, tokens: [listed(text, entropy)] };
}

/** A token that is listed, but has no text (EOS, a byte of a character). */
export function textless(name: string, entropy = LOW): Text {
  return { type: "text", text: "", tokens: [listed(name, entropy)] };
}

/** Text without any token listed, as servers send it that were not asked for log-probabilities. */
export function bare(text: string, usage?: TokenUsage): Text {
  return { type: "text", text, tokens: [], ...(usage === undefined ? {} : { usage }) };
}

/** Several tokens in one chunk. */
export function chunk(...parts: readonly Text[]): Text {
  return {
    type: "text",
    text: parts.map(({ text }) => text).join(""),
    tokens: parts.flatMap(({ tokens }) => tokens),
  };
}

export function end(reason: "stop" | "eos" | "length", usage?: TokenUsage): Written {
  return { type: "end", reason, ...(usage === undefined ? {} : { usage }) };
}
