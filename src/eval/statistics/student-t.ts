import { inverseRegularisedBeta } from "./incomplete-beta.js";

/** The t below which a share `p`, 0 to 1, of Student's distribution with `df` degrees of freedom lies. */
export function tQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -tQuantile(1 - p, df);
  if (p >= 1) return Number.POSITIVE_INFINITY;
  // P(|T| < t) = I_y(1/2, df/2) with y = t^2 / (df + t^2).
  const y = inverseRegularisedBeta(2 * p - 1, 0.5, df / 2);
  return Math.sqrt((df * y) / (1 - y));
}
