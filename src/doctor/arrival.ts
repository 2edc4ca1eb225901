import type { Written } from "../router/step-writer.js";
import type { ReplyPath } from "./reply-path.js";

/** Text that came in one piece. */
interface Piece {
  /** Milliseconds since the request was sent. */
  readonly atMs: number;
  readonly tokens: number;
}

/** How a longer text came. */
export interface Arrival {
  readonly tokens: number;
  /** Milliseconds until the first text. */
  readonly firstMs: number;
  /** Milliseconds until the last text that was read. */
  readonly lastMs: number;
  readonly pieces: readonly Piece[];
}

/** Tokens after which a text that comes as it is written has shown that it does. */
const ENOUGH_TOKENS = 16;

/** Milliseconds behind the first text, for one that comes a packet at a time. */
const ENOUGH_MS = 300;

/**
 * Reads a text until it is clear how it comes. One that is held back is read to its end.
 *
 * @returns `null` where no text came
 */
export async function readArrival(written: AsyncIterable<Written>): Promise<Arrival | null> {
  const start = performance.now();
  const pieces: Piece[] = [];
  let tokens = 0;
  let reported = 0;
  for await (const item of written) {
    if (item.type === "end" || item.text === "") continue;
    const total = item.usage?.output_tokens ?? 0;
    const count = Math.max(1, item.tokens.length, total - reported);
    reported = Math.max(reported, total);
    tokens += count;
    const atMs = performance.now() - start;
    pieces.push({ atMs, tokens: count });
    const since = atMs - (pieces[0]?.atMs ?? atMs);
    if (tokens >= ENOUGH_TOKENS && since >= ENOUGH_MS) break;
  }
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { tokens, firstMs: first.atMs, lastMs: last.atMs, pieces };
}

/** Tokens that came together: at an abort that many were written in vain. */
export interface Burst {
  readonly tokens: number;
  /** Milliseconds of silence before it, without those that a request's first token takes by itself. */
  readonly afterMs: number;
}

/** A burst of fewer tokens, or after less time, is a server's own: several tokens a chunk are normal under load. */
const HELD_TOKENS = 16;
const HELD_MS = 100;

/** Were these tokens there long before they came? */
export function isHeld({ tokens, afterMs }: Burst): boolean {
  return tokens >= HELD_TOKENS && afterMs >= HELD_MS;
}

/**
 * The burst in which the token in the middle of a text came. One hiccup of a network tells nothing.
 *
 * @param waitMs - milliseconds that a request's first token takes by itself, as a short text has shown
 */
export function usualBurst(arrival: Arrival, waitMs: number): Burst {
  const bursts = burstsOf(arrival, Math.min(waitMs, arrival.firstMs));
  let seen = 0;
  for (const burst of bursts) {
    seen += burst.tokens;
    if (seen >= arrival.tokens / 2) return burst;
  }
  return { tokens: 0, afterMs: 0 };
}

/** A longer text, as it came. */
export interface ArrivedText {
  readonly arrival: Arrival;
  /** That of a token in the middle. */
  readonly burst: Burst;
  /** `null` where the reply's headers could not be seen. */
  readonly path: ReplyPath | null;
}

/** A busy machine can make one text look so; not one after the other. */
const LOOKS = 3;

/** Milliseconds that the looks may take. A text that takes longer is not held back by some jitter. */
const PATIENCE_MS = 10_000;

/**
 * Reads a text, and once more where it seems to be held back.
 *
 * @returns `null` where no text came
 */
export async function whetherHeld(
  read: () => Promise<Arrival | null>,
  waitMs: number,
): Promise<Pick<ArrivedText, "arrival" | "burst"> | null> {
  const start = performance.now();
  for (let look = 1; ; look++) {
    const arrival = await read();
    if (arrival === null) return null;
    const burst = usualBurst(arrival, waitMs);
    const isOver = look === LOOKS || performance.now() - start > PATIENCE_MS;
    if (isOver || !isHeld(burst)) return { arrival, burst };
  }
}

/** Milliseconds between two pieces that were read at once, at most: reading takes its time on a busy machine. */
const AT_ONCE_MS = 3;

function burstsOf({ pieces, tokens, firstMs, lastMs }: Arrival, waitMs: number): readonly Burst[] {
  // All behind one long silence is one burst, however a busy reader may have been interrupted in it.
  const silenceMs = firstMs - waitMs;
  if (lastMs - firstMs < silenceMs / 10) return [{ tokens, afterMs: silenceMs }];
  const gapMs = Math.max(AT_ONCE_MS, (lastMs - firstMs) / tokens / 4);
  const bursts: Burst[] = [];
  let before = waitMs;
  for (const { atMs, tokens: more } of pieces) {
    const last = bursts.at(-1);
    if (last === undefined || atMs - before >= gapMs) {
      bursts.push({ tokens: more, afterMs: atMs - before });
    } else {
      bursts[bursts.length - 1] = { ...last, tokens: last.tokens + more };
    }
    before = atMs;
  }
  return bursts;
}
