import type { Estimate } from "./estimate.js";
import { normalQuantile } from "./normal-distribution.js";

/**
 * Wilson's score interval for a share: sound for few cases and for shares near 0 and 1, where "plus or minus two
 * standard errors" is not. For independent cases; for clusters see `clusteredMean`.
 *
 * Source: Wilson, JASA 22, 1927; advised for evaluations by Bowyer et al., arXiv 2503.01747.
 * @param successes - of `n`; need not be whole
 */
export function wilsonInterval(successes: number, n: number, alpha = 0.05): Estimate {
  const z = normalQuantile(1 - alpha / 2);
  const share = successes / n;
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return {
    value: share,
    lo: Math.max(0, (middle - half) / scale),
    hi: Math.min(1, (middle + half) / scale),
  };
}
