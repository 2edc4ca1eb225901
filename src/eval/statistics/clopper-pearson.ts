import type { Estimate } from "./estimate.js";
import { inverseRegularisedBeta } from "./incomplete-beta.js";

/**
 * The exact interval for a share of independent cases: covers at least as often as it says, usually more often.
 *
 * Source: Clopper and Pearson, Biometrika 26, 1934.
 */
export function clopperPearson(successes: number, n: number, alpha = 0.05): Estimate {
  return {
    value: successes / n,
    lo: 1 - clopperPearsonUpper(n - successes, n, alpha / 2),
    hi: clopperPearsonUpper(successes, n, alpha / 2),
  };
}

/** The exact upper bound alone: the share is above it with probability `delta` at most. */
export function clopperPearsonUpper(successes: number, n: number, delta: number): number {
  return successes >= n ? 1 : inverseRegularisedBeta(1 - delta, successes + 1, n - successes);
}
