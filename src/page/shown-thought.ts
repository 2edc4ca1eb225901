/** What a page shows of a thought: a run's records have it, and a reply that is being written. */
import type { Route } from "../core/route-policy.js";

/** One step, and who wrote what of it. */
export interface ShownStep {
  readonly route: Route;
  readonly end: string;
  readonly text: string;
  /** In order; `from` is a UTF-16 offset in the text. */
  readonly parts: readonly { readonly route: Route; readonly from: number }[];
  readonly decisions: readonly ShownDecision[];
  readonly verified: {
    readonly by: string;
    readonly value: number | null;
    readonly accepted: boolean;
  } | null;
}

/** A place where it was decided who writes. */
export interface ShownDecision {
  readonly point: string;
  /** In the point's unit; `null` where nothing was looked at. */
  readonly value: number | null;
  readonly token: string | null;
  /** Where that token stands: UTF-16 offset in the step's text. */
  readonly at: number;
  readonly route: Route;
  /** What small held for likely there, with its probability. */
  readonly candidates: readonly (readonly [token: string, probability: number])[];
}

/** Where values are cut, and what a bar of a whole width is. */
export interface ValueScale {
  /** Threshold, in the point's unit. */
  readonly tau: number | null;
  readonly lo: number;
  readonly hi: number;
  readonly unit: string;
}

/** Where a value stands on the scale, as CSS has it. */
export function shareOf(value: number, { lo, hi }: Pick<ValueScale, "lo" | "hi">): string {
  const share = hi > lo ? (value - lo) / (hi - lo) : 0;
  return `${(100 * Math.min(1, Math.max(0, share))).toFixed(1)}%`;
}
