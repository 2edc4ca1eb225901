import { bisect } from "simple-statistics";
import type { Estimate } from "./estimate.js";
import { normalQuantile } from "./normal-distribution.js";

/** What two arms did on the same problems. */
export interface PairedCounts {
  /** Problems that only the first arm had right. */
  readonly onlyFirst: number;
  /** Problems that only the second arm had right. */
  readonly onlySecond: number;
  /** All problems, those on which they agree included. */
  readonly n: number;
}

const EDGE = 1e-12;

/**
 * Score interval for the difference of two paired shares, the first less the second: holds what it says where few
 * problems are answered differently, which Wald's does not (too narrow; nothing at all for none).
 *
 * Source: Tango, Statistics in Medicine 17, 1998, 891-908.
 */
export function tangoInterval(counts: PairedCounts, alpha = 0.05): Estimate {
  const z = normalQuantile(1 - alpha / 2);
  const value = (counts.onlyFirst - counts.onlySecond) / counts.n;
  // The score falls as the difference rises, and is 0 at the value itself.
  const solve = (target: number, from: number, to: number) =>
    to - from < 2 * EDGE ? from : bisect((d) => score(counts, d) - target, from, to, 200, EDGE);
  return {
    value,
    lo: value <= -1 ? -1 : solve(z, -1 + EDGE, value - EDGE),
    hi: value >= 1 ? 1 : solve(-z, value + EDGE, 1 - EDGE),
  };
}

function score({ onlyFirst, onlySecond, n }: PairedCounts, difference: number): number {
  const b = (2 * n - onlyFirst + onlySecond) * difference - onlyFirst - onlySecond;
  const c = -onlySecond * difference * (1 - difference);
  const shareOfSecond = (Math.sqrt(b * b - 8 * n * c) - b) / (4 * n);
  const variance = n * (2 * shareOfSecond + difference * (1 - difference));
  return (onlyFirst - onlySecond - n * difference) / Math.sqrt(variance);
}
