/** A ratio with its 95 % interval. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** With fewer rounds the normal approximation of the interval's rank is off. */
export const LEAST_ROUNDS = 10;
const Z_95 = 1.96;

/**
 * The ratio that paired rounds agree on: Hodges and Lehmann's estimate with Wilcoxon's signed-rank interval, over
 * the logarithms. Nearly as sharp as Student's t where rounds are normal, and a round in which somebody else took
 * the machine moves neither end by more than its rank. The order alternates, so the logarithms are symmetric.
 *
 * @param ratios - one for each round, 10 or more
 */
export function ratioInterval(ratios: readonly number[]): RatioInterval {
  const count = ratios.length;
  if (count < LEAST_ROUNDS) {
    throw new Error(`Expected ${LEAST_ROUNDS} rounds or more for an interval, got ${count}.`);
  }
  const logs = ratios.map(Math.log);
  // Walsh averages: of every pair of rounds, a round with itself included.
  const means = logs
    .flatMap((one, index) => logs.slice(index).map((other) => (one + other) / 2))
    .sort((a, b) => a - b);
  const spread = Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24);
  const outside = Math.floor((count * (count + 1)) / 4 - Z_95 * spread);
  const at = (index: number) => Math.exp(means[index] ?? Number.NaN);
  const middle = (means.length - 1) / 2;
  return {
    ratio: Math.sqrt(at(Math.floor(middle)) * at(Math.ceil(middle))),
    low: at(outside),
    high: at(means.length - 1 - outside),
  };
}
