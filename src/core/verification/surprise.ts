import { IMPOSSIBLE_LOGPROB } from "../token-distribution.js";

/**
 * Doubt by likelihood: the mean of -log p over a text's tokens, in nats. A sum would be the longer texts' alone.
 *
 * @returns `null` where there is no token, or one without a log-probability
 */
export function meanSurprise(
  tokens: readonly { readonly logprob: number | null }[],
): number | null {
  let sum = 0;
  for (const { logprob } of tokens) {
    if (logprob === null || Number.isNaN(logprob)) return null;
    // An impossible token is much doubt, and still a number. Float noise may be above 0.
    sum -= Math.min(0, Math.max(logprob, IMPOSSIBLE_LOGPROB));
  }
  return tokens.length === 0 ? null : sum / tokens.length;
}
