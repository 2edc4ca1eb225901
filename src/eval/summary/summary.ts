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
  /** Mean wall time of a reply, at the lowest load at which the arm was run. */
  readonly ms: number;
  /** `null` for an arm that is replayed. */
  readonly p50: number | null;
  readonly p95: number | null;
  /** Tokens and requests are means a reply; what a judge or a watch generates counts as its model's. */
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
  /** Exact McNemar, where each problem was answered once and is a cluster of its own. */
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
  /** Accuracy of each null at the primary arm's cost; the chord's is small alone's where large is no better. `random` is `null` where chance was not run. */
  readonly chord: Estimate | null;
  readonly random: Estimate | null;
  /** Problems that would settle it, about; `null` unless undecided. */
  readonly more: number | null;
  /** One plain sentence, with its interval. */
  readonly words: string;
}

/** A price, large alone = 1; `null`: not reached (as an upper bound: perhaps never). */
export interface Reached {
  readonly cost: number | null;
  readonly lo: number | null;
  readonly hi: number | null;
}

/** How far the way from small alone to large alone was gone, and for what; shares of it are 0 to 1. */
export interface RecoveredGap {
  /** Accuracy of large alone less that of small alone. */
  readonly gap: Estimate;
  /** Share that the primary arm closes (PGR); this and what follows are empty where the gap's interval holds 0. */
  readonly recovered: Estimate | null;
  /** Mean over costs from 0 to 1 (APGR), of the calibrated points and of chance; a coin per question has 0.5. */
  readonly average: { readonly routed: Estimate; readonly chance: Estimate | null } | null;
  /** Least cost at which a share is closed (CPT). */
  readonly reached: readonly {
    readonly share: number;
    readonly routed: Reached;
    readonly chance: Reached | null;
  }[];
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
  /** `null` with the verdict. */
  readonly gap: RecoveredGap | null;
  readonly comparisons: readonly Comparison[];
  readonly latency: readonly LatencyRatio[];
  /** What a reader must know: partial runs, replies left out. */
  readonly notes: readonly string[];
}
