import { bisect, gammaln } from "simple-statistics";

const SMALLEST = 1e-300;
const MOST_TERMS = 20_000;

/**
 * I_x(a, b), the share of a beta distribution below `x`, for a, b > 0: binomial tails and Student's t come from it.
 * By its continued fraction (DLMF 8.17.22), evaluated by Lentz's method.
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; the symmetry gives the other side.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const logFront = a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b);
  return Math.exp(logFront) / (a * continuedFraction(x, a, b));
}

/** The x with I_x(a, b) = p. */
export function inverseRegularisedBeta(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  let x = bisect((place) => regularisedBeta(place, a, b) - p, 0, 1, 200, 1e-16);
  // Near 0 the digits that count lie below 1e-16: two of Newton's steps find them.
  for (let step = 0; step < 2; step++) {
    const next = x - (regularisedBeta(x, a, b) - p) / Math.exp(logDensity(x, a, b));
    if (next > 0 && next < 1) x = next;
  }
  return x;
}

function logDensity(x: number, a: number, b: number): number {
  return (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b);
}

function logBeta(a: number, b: number): number {
  return gammaln(a) + gammaln(b) - gammaln(a + b);
}

function continuedFraction(x: number, a: number, b: number): number {
  let numerator = 1;
  let denominator = 0;
  let value = 1;
  for (let term = 1; term < MOST_TERMS; term++) {
    const coefficient = coefficientOf(term, x, a, b);
    denominator = 1 / awayFromZero(1 + coefficient * denominator);
    numerator = awayFromZero(1 + coefficient / numerator);
    const change = numerator * denominator;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

function coefficientOf(term: number, x: number, a: number, b: number): number {
  const m = Math.floor(term / 2);
  return term % 2 === 0
    ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
}

function awayFromZero(value: number): number {
  return Math.abs(value) < SMALLEST ? SMALLEST : value;
}
