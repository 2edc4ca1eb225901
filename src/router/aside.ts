import { believed } from "./count-written.js";
import type { Role, TokenUsage } from "./step-writer.js";
import { unlessAborted } from "./unless-aborted.js";

/** What was asked of a model beside the thought, in tokens. */
export interface AsideCost {
  readonly role: Role;
  readonly input_tokens: number;
  /** `null` where the server did not tell. */
  readonly cached_tokens: number | null;
  readonly output_tokens: number;
  readonly estimated: boolean;
}

/**
 * @param usage - the server's report, as far as it can be believed
 * @param estimate - in its place
 */
export function asideCost(
  role: Role,
  usage: TokenUsage | undefined,
  estimate: Readonly<Record<"input_tokens" | "output_tokens", number>>,
): AsideCost {
  const told = usage === undefined ? null : believed(usage);
  const input = told?.input_tokens ?? null;
  const output = told?.output_tokens ?? null;
  return {
    role,
    input_tokens: input ?? estimate.input_tokens,
    cached_tokens: told?.cached_tokens ?? null,
    output_tokens: output ?? estimate.output_tokens,
    estimated: input === null || output === null,
  };
}

/** A number that somebody gave beside the thought. */
export interface Said {
  readonly value: number;
  /** Absent for a function of the user's. */
  readonly asked?: AsideCost;
  /** Why the value is no number, where the answer was paid for and of no use. */
  readonly failed?: string;
}

/** The same, or why there is none. */
export interface Aside extends Omit<Said, "value"> {
  /** `null` where nobody gave one. */
  readonly value: number | null;
  readonly failed?: string;
  readonly ms: number;
}

/** Whom a reply is aborted by, and its clock. */
export interface ReplyTime {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

const OVER = Object.assign(new Error("The question is over."), { name: "AbortError" });

/**
 * Asks somebody beside the thought. Who fails, takes too long or says nothing of use has said so: the thought goes on.
 *
 * @param late - what is said of one who takes too long
 * @throws the signal's reason where the reply was aborted
 */
export async function askAside(
  ask: (signal: AbortSignal) => Promise<Said>,
  { timeoutMs, late }: { readonly timeoutMs: number; readonly late: string },
  { signal, now }: ReplyTime,
): Promise<Aside> {
  const since = now();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(late)), timeoutMs);
  const stop = (): void => limit.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    signal?.throwIfAborted();
    const { value, failed, ...cost } = await unlessAborted(ask(limit.signal), limit.signal);
    const ms = now() - since;
    return Number.isFinite(value)
      ? { value, ms, ...cost }
      : { value: null, failed: failed ?? `not a number: ${String(value)}`, ms, ...cost };
  } catch (error) {
    signal?.throwIfAborted();
    const said = error instanceof Error ? error.message : String(error);
    return { value: null, failed: said.slice(0, 200), ms: now() - since };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    // With a reason: a signal that is aborted without one makes an exception with its stack.
    limit.abort(OVER);
  }
}
