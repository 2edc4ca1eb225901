import type { Estimate } from "../statistics/estimate.js";

export type { Estimate } from "../statistics/estimate.js";

/** What one arm came to. Accuracies are 0 to 1, unrounded; errors, truncated and unparsed replies count as wrong. */
export interface ArmSummary {
  readonly arm: string;
  readonly about: string;
  /** Replayed from other arms' records, without a request of its own. */
  readonly replayed: boolean;
  /** Problems. */
  readonly n: number;
  /** Replies: problems times repeats. */
  readonly replies: number;
  readonly accuracy: number;
  readonly lo: number;
  readonly hi: number;
  /** Large's generated tokens a problem / large-alone's; `null` where large alone was not run. */
  readonly cost: number | null;
  /** Money a problem; `null` without prices. */
  readonly money: number | null;
  /** Mean wall time of a reply. */
  readonly ms: number;
  readonly p50: number;
  readonly p95: number;
  readonly smallTokens: number;
  readonly largeTokens: number;
  readonly discardedTokens: number;
  readonly requests: number;
  readonly interventionRate: number | null;
  readonly largeShare: number | null;
  readonly truncated: number;
  readonly unparsed: number;
  readonly errors: number;
}

/** Two arms on the same problems, paired. */
export interface Comparison {
  readonly arm: string;
  readonly against: string;
  /** Accuracy of the first less that of the second. */
  readonly difference: Estimate;
  /** Exact McNemar, where each problem was answered once. */
  readonly p: number | null;
}

/** Time of an arm over large's in one call, geometric mean over problems (`--latency`). */
export interface LatencyRatio {
  readonly arm: string;
  readonly atOnce: number;
  readonly ratio: Estimate;
  readonly toAnswer: Estimate | null;
  /** Tokens a second of the whole arm over large's. */
  readonly throughput: number | null;
}

export type VerdictSays = "gains" | "no gain worth d" | "gains, less than d" | "undecided";

/** The primary arm's accuracy less the better of two nulls at equal cost. */
export interface Verdict {
  readonly says: VerdictSays;
  readonly accuracy: number;
  readonly difference: number;
  readonly lo: number;
  readonly hi: number;
  /** d. */
  readonly margin: number;
  /** The null that was better: a coin tossed per question, or chance at the same kind of place. */
  readonly null: "chord" | "random";
  readonly chord: Estimate | null;
  readonly random: Estimate | null;
  /** Problems that would settle it, about; `null` unless undecided. */
  readonly more: number | null;
  /** One plain sentence, with its interval. */
  readonly words: string;
}

/** `summary.json`. */
export interface Summary {
  readonly v: 1;
  readonly run: string;
  readonly n: number;
  readonly clusters: number;
  readonly skipped: number;
  readonly arms: readonly ArmSummary[];
  readonly primary: { readonly arm: string; readonly margin: number; readonly alpha: number };
  /** `null` where large alone, small alone or the primary arm are missing. */
  readonly verdict: Verdict | null;
  readonly comparisons: readonly Comparison[];
  readonly latency: readonly LatencyRatio[];
  /** What a reader must know: partial runs, replies left out. */
  readonly notes: readonly string[];
}
