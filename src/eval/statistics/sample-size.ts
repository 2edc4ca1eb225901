import { normalQuantile } from "./normal-distribution.js";

export interface Power {
  /** Two-sided. @defaultValue 0.05 */
  readonly alpha?: number;
  /** Chance to see a difference that is there. @defaultValue 0.8 */
  readonly power?: number;
}

/**
 * The smallest difference of two arms on the same problems that is seen with this power: (z_alpha/2 + z_power)
 * sqrt(discordant / n), 2.8 sqrt(discordant / n) by default.
 *
 * Source: Miller, arXiv 2411.00640, section 5, for answers that are right or wrong.
 * @param discordant - share of the problems that the two arms answer differently, 0 to 1
 */
export function detectableDifference(n: number, discordant: number, how: Power = {}): number {
  return factor(how) * Math.sqrt(discordant / n);
}

/**
 * Problems until a difference is seen with this power; until an arm can be shown not to be worse by `difference`,
 * where the two are equal in truth, it is the same number. For clusters, times their design effect.
 */
export function problemsFor(difference: number, discordant: number, how: Power = {}): number {
  return Math.ceil((factor(how) / difference) ** 2 * discordant);
}

/**
 * How many times as many problems are needed because they come in clusters: 1 + (m - 1) rho.
 *
 * Source: Kish, Survey Sampling, 1965.
 * @param size - problems a cluster
 * @param correlation - of two problems of one cluster, 0 to 1
 */
export function designEffect(size: number, correlation: number): number {
  return 1 + (size - 1) * correlation;
}

function factor({ alpha = 0.05, power = 0.8 }: Power): number {
  return normalQuantile(1 - alpha / 2) + normalQuantile(power);
}
