import type { AsideCost } from "./aside.js";
import type { Role } from "./step-writer.js";

/** Tokens that requests have cost; for those of both models, and for those beside the thought. */
export interface RoleUsage {
  readonly input_tokens: number;
  /**
   * Those of `input_tokens` that servers say they took from their prefix caches: so many at least, since a stream that is
   * left says nothing. `null` where none of the requests was told of.
   */
  readonly cached_tokens: number | null;
  readonly output_tokens: number;
  /**
   * Those of `output_tokens` that were thrown away: glimpsed tokens of hand-offs, probes, text that a decision or a judge
   * cut off, what came behind the place where a stream was left.
   */
  readonly discarded_tokens: number;
  readonly estimated: boolean;
}

/** Generation requests; rendering the prompt is not one. */
export interface RequestCounts extends Readonly<Record<Role, number>> {
  /** Those that judged a step, apart from the others; absent where none was judged by a model. */
  readonly verify?: number;
  /** Those that asked how sure small is of the answer (`answerEntropy`), likewise. */
  readonly watch?: number;
}

/** Tokens of every request, discarded ones included; those beside the thought apart, where nothing is discarded. */
export interface UsageCounts extends Readonly<Record<Role, RoleUsage>> {
  readonly verify?: AsideUsage;
  readonly watch?: AsideUsage;
  /** What small's and large's servers were sent only to read it (`warm`). */
  readonly warmSmall?: AsideUsage;
  readonly warmLarge?: AsideUsage;
}

/** Requests that had a server read the thought before it was its model's turn (`warm`). */
export interface WarmCounts {
  /** Those that were left at a hand-off, and those that failed, included; none of `requests`. */
  readonly requests: number;
  /** Tokens that they sent, cached ones included. */
  readonly inputTokens: number;
  /** Those that failed; their model was not warmed any more. */
  readonly failed: number;
}

/** Tokens of what was asked beside the thought, and of whom. */
export interface AsideUsage extends RoleUsage {
  readonly role: Role;
}

/** A request that only had a server read, and what it has cost. */
export interface Warmed {
  readonly asked: AsideCost;
  readonly failed: boolean;
}

/** What a reply has cost so far. */
interface Spent {
  requests: RequestCounts;
  usage: UsageCounts;
}

export const NO_USAGE: RoleUsage = {
  input_tokens: 0,
  cached_tokens: null,
  output_tokens: 0,
  discarded_tokens: 0,
  estimated: false,
};

export function addUsage(usage: RoleUsage, spent: RoleUsage): RoleUsage {
  const isTold = usage.cached_tokens !== null || spent.cached_tokens !== null;
  return {
    input_tokens: usage.input_tokens + spent.input_tokens,
    cached_tokens: isTold ? (usage.cached_tokens ?? 0) + (spent.cached_tokens ?? 0) : null,
    output_tokens: usage.output_tokens + spent.output_tokens,
    discarded_tokens: usage.discarded_tokens + spent.discarded_tokens,
    estimated: usage.estimated || spent.estimated,
  };
}

/** Books tokens of a request that is over, and whose text is thrown away later. */
export function bookDiscarded(spent: Spent, role: Role, discarded_tokens: number): void {
  const thrown = { ...NO_USAGE, discarded_tokens };
  spent.usage = { ...spent.usage, [role]: addUsage(spent.usage[role], thrown) };
}

/** Books a request beside the thought, apart from what the thought itself has cost. */
export function bookAside(spent: Spent, purpose: "verify" | "watch", asked?: AsideCost): void {
  if (asked === undefined) return;
  const { requests } = spent;
  spent.requests = { ...requests, [purpose]: (requests[purpose] ?? 0) + 1 };
  addAside(spent, purpose, asked);
}

/** Books a request that only had a server read, apart from all others. */
export function bookWarmed(
  spent: Pick<Spent, "usage"> & { warm: WarmCounts | null },
  { asked, failed }: Warmed,
): void {
  const before = spent.warm ?? { requests: 0, inputTokens: 0, failed: 0 };
  spent.warm = {
    requests: before.requests + 1,
    inputTokens: before.inputTokens + asked.input_tokens,
    failed: before.failed + (failed ? 1 : 0),
  };
  addAside(spent, asked.role === "small" ? "warmSmall" : "warmLarge", asked);
}

function addAside(
  spent: Pick<Spent, "usage">,
  key: Exclude<keyof UsageCounts, Role>,
  { role, ...tokens }: AsideCost,
): void {
  const { usage } = spent;
  const sum = addUsage(usage[key] ?? NO_USAGE, { ...tokens, discarded_tokens: 0 });
  spent.usage = { ...usage, [key]: { ...sum, role } };
}
