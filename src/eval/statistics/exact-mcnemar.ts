import { regularisedBeta } from "./incomplete-beta.js";

/**
 * p of the exact McNemar test, two-sided: were the problems that two arms answer differently a fair coin's?
 *
 * Source: the binomial test behind McNemar, Psychometrika 12, 1947.
 */
export function exactMcNemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  if (2 * fewer === n) return 1;
  // P(X <= k) of a fair coin tossed n times is I_1/2(n - k, k + 1).
  return Math.min(1, 2 * regularisedBeta(0.5, n - fewer, fewer + 1));
}
