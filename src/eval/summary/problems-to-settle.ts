import type { Estimate } from "../statistics/estimate.js";
import { normalQuantile } from "../statistics/normal-distribution.js";

/** z for 97.5 % and for 80 %: an interval that shows a difference once shows it again in half of the cases only. */
const SURE = ((normalQuantile(0.975) + normalQuantile(0.8)) / normalQuantile(0.975)) ** 2;

/**
 * About how many MORE problems of the same kind an undecided verdict takes, if the difference is what it seems: the
 * fewest that would show a gain or the lack of one worth d in 80 % of the cases; at most those that make the interval
 * narrower than d, when one of the two is certain. Two digits. The interval's width goes with 1 / sqrt(n).
 */
export function problemsToSettle({ value, lo, hi }: Estimate, margin: number, n: number): number {
  const ways = [((hi - lo) / margin) ** 2];
  if (value > 0) ways.push(SURE * ((value - lo) / value) ** 2);
  if (value < margin) ways.push(SURE * ((hi - value) / (margin - value)) ** 2);
  return twoDigits(Math.max(1, n * Math.min(...ways) - n));
}

function twoDigits(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.ceil(count / unit) * unit;
}
