import { type ArrivedText, isHeld } from "./arrival.js";
import type { ShortText } from "./read-text.js";

export interface Pace {
  /** Milliseconds until a first token. */
  readonly firstMs: number;
  /** Milliseconds from a token to the next. */
  readonly tokenMs: number;
}

/** When a text came. */
interface Timed {
  readonly tokens: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Milliseconds in which all of a text comes in one chunk: what was before it tells nothing of its tokens. */
const AT_ONCE_MS = 1;

/** Milliseconds that a first token takes, at best. */
export function waitOf(texts: readonly ShortText[]): number {
  return Math.min(...texts.map(({ firstMs }) => firstMs ?? Number.POSITIVE_INFINITY));
}

/**
 * How fast texts came, at best: whatever disturbs a text takes time. A chunk may carry many tokens, so that
 * a text is timed from where its first token might have come. `null` where nothing tells.
 */
export function paceOf(texts: readonly ShortText[], long: ArrivedText | null): Pace | null {
  const firstMs = waitOf(texts);
  const timed = [...texts.flatMap(timedOf), ...(long === null ? [] : [long.arrival])];
  const spread = timed.filter((text) => text.lastMs - text.firstMs >= AT_ONCE_MS);
  const tokenMs =
    long !== null && isHeld(long.burst)
      ? long.burst.afterMs / long.burst.tokens
      : leastTokenMs(spread.length > 0 ? spread : timed, firstMs);
  return Number.isFinite(firstMs + tokenMs) ? { firstMs, tokenMs } : null;
}

function timedOf({ count: tokens, firstMs, lastMs }: ShortText): readonly Timed[] {
  return firstMs === null || lastMs === null ? [] : [{ tokens, firstMs, lastMs }];
}

function leastTokenMs(texts: readonly Timed[], waitMs: number): number {
  const each = texts
    .filter(({ tokens }) => tokens > 1)
    .map(({ tokens, lastMs }) => (lastMs - waitMs) / (tokens - 1));
  return Math.min(Number.POSITIVE_INFINITY, ...each);
}
