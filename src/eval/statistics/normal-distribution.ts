import { probit } from "simple-statistics";

/** Beyond it the other tail is smaller than what a double can tell from 1. */
const FAR = 8.5;

/**
 * Share of a standard normal distribution below `z`, to about 1e-15. simple-statistics has a table of four digits.
 *
 * Source: Marsaglia, "Evaluating the Normal Distribution", Journal of Statistical Software 11(4), 2004.
 */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return z;
  if (Math.abs(z) > FAR) return z < 0 ? 0 : 1;
  let term = z;
  let sum = z;
  for (let odd = 3; sum + term !== sum; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return Math.min(1, Math.max(0, 0.5 + sum * normalDensity(z)));
}

/** The z below which a share `p` of a standard normal distribution lies; infinite for 0 and 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  // Wrong by up to 2e-3 as it stands: a start for Newton's steps, each of which squares the error.
  let z = Math.min(FAR, Math.max(-FAR, probit(p)));
  for (let step = 0; step < 4; step++) z -= (normalCdf(z) - p) / normalDensity(z);
  return z;
}

function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}
