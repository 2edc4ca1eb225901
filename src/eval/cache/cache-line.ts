import type { TokenLogprob, TokenLogprobs } from "../../core/token-distribution.js";
import type { Written } from "../../router/step-writer.js";
import type { CacheEntry } from "./greedy-cache.js";

/** A line of `cache.jsonl`. */
export interface CacheLine extends CacheEntry {
  readonly problem: string;
  readonly key: string;
}

/** Candidates as a flat list of texts and log-probabilities: most of a line is theirs. */
type StoredToken = readonly [
  token: string,
  logprob: number | null,
  top?: readonly (string | number)[],
];

type StoredItem =
  | Exclude<Written, { type: "text" }>
  | (Omit<Extract<Written, { type: "text" }>, "tokens"> & {
      readonly tokens: readonly StoredToken[];
    });

/** Digits that are kept of a log-probability: engines compute with as many. */
const DIGITS = 7;

/** A line, as short as it can be read again. */
export function toStored({ items, ...line }: CacheLine): object {
  return { ...line, items: items.map(storedItem) };
}

/** @returns `null` for what is no line of ours: it is as good as not cached */
export function fromStored(text: string): CacheLine | null {
  try {
    const { problem, key, done, items } = JSON.parse(text) as Partial<CacheLine> & {
      readonly items?: readonly StoredItem[];
    };
    if (typeof problem !== "string" || typeof key !== "string" || items === undefined) return null;
    return { problem, key, done: done === true, items: items.map(readItem) };
  } catch {
    return null;
  }
}

function storedItem(item: Written): StoredItem {
  return item.type === "text" ? { ...item, tokens: item.tokens.map(storedToken) } : item;
}

function storedToken({ token, logprob, top }: TokenLogprobs): StoredToken {
  const own = logprob === null ? null : rounded(logprob);
  if (top.length === 0) return [token, own];
  return [token, own, top.flatMap((each) => [each.token, rounded(each.logprob)])];
}

function rounded(logprob: number): number {
  return Number(logprob.toPrecision(DIGITS));
}

function readItem(item: StoredItem): Written {
  return item.type === "text" ? { ...item, tokens: item.tokens.map(readToken) } : item;
}

function readToken([token, logprob, flat = []]: StoredToken): TokenLogprobs {
  const top: TokenLogprob[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    top.push({ token: String(flat[at]), logprob: Number(flat[at + 1]) });
  }
  return { token, logprob, top };
}
