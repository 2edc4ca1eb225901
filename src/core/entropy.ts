import type { TokenDistribution } from "./token-distribution.js";

/**
 * Shannon entropy of a distribution, in nats: 0 for one candidate, at most ln k for k of them
 * (2.996 for k = 20). H_init of the paper (section 3) when the distribution is a step's first token's.
 */
export function entropy(distribution: TokenDistribution): number {
  return entropyOf(distribution.map(({ probability }) => probability));
}

/** The same of bare probabilities. */
export function entropyOf(probabilities: readonly number[]): number {
  let sum = 0;
  for (const probability of probabilities) {
    if (probability > 0) sum -= probability * Math.log(probability);
  }
  // -0 and float noise below 0 would read as "surer than sure".
  return Math.max(0, sum);
}

/** Entropy as a share of its ceiling ln k, 0 to 1; comparable between different k. `k` is 2 or more. */
export function normalizedEntropy(distribution: TokenDistribution, k: number): number {
  return shareOfCeiling(entropy(distribution), k);
}

/** An entropy as a share of its ceiling ln k, 0 to 1. */
export function shareOfCeiling(nats: number, k: number): number {
  return Math.min(1, nats / entropyCeiling(k));
}

/** The highest entropy that k candidates can have: ln k nats. */
export function entropyCeiling(k: number): number {
  return Math.log(k);
}

/** Probability of the likeliest candidate minus that of the next, 0 to 1; 1 where there is only one. */
export function margin(distribution: TokenDistribution): number {
  return (distribution[0]?.probability ?? 0) - (distribution[1]?.probability ?? 0);
}
