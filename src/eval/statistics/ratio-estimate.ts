import type { Estimate } from "./estimate.js";
import { tQuantile } from "./student-t.js";

/** What one unit (a run, a cluster) adds to both sums of a ratio. */
export interface RatioPart {
  /** What is counted: hand-overs, right answers, tokens by large. */
  readonly part: number;
  /** Out of what: places, answers, tokens. */
  readonly of: number;
}

export interface RatioEstimate extends Estimate {
  readonly se: number;
}

/**
 * A rate over units of unequal size, sum of `part` / sum of `of`, with the error that comes from the units being
 * different: SE = sqrt(n/(n-1) sum (part - rate x of)^2) / sum of. t with n - 1 degrees of freedom.
 *
 * Source: the ratio estimator; Cochran, Sampling Techniques, 3rd edition, 1977, section 6.3.
 */
export function ratioEstimate(units: readonly RatioPart[], alpha = 0.05): RatioEstimate {
  const n = units.length;
  const whole = units.reduce((sum, unit) => sum + unit.of, 0);
  const value = units.reduce((sum, unit) => sum + unit.part, 0) / whole;
  const squares = units.reduce((sum, unit) => sum + (unit.part - value * unit.of) ** 2, 0);
  const se = n < 2 ? Number.NaN : Math.sqrt((n / (n - 1)) * squares) / whole;
  const half = n < 2 ? Number.NaN : tQuantile(1 - alpha / 2, n - 1) * se;
  return { value, se, lo: value - half, hi: value + half };
}
