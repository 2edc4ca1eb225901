import { entropy, entropyOf } from "../core/entropy.js";
import {
  type TokenDistribution,
  type TokenLogprobs,
  tokenDistribution,
  topProbabilities,
} from "../core/token-distribution.js";

/** What a token's candidates say. */
export interface SeenCandidates {
  /** Likeliest first. */
  readonly probabilities: readonly number[];
  /** In nats. */
  readonly entropy: number;
  readonly distribution: TokenDistribution;
}

/** Of a token whose candidates nobody wanted. */
export const UNSEEN: SeenCandidates = {
  probabilities: [],
  entropy: Number.NaN,
  distribution: [],
};

/**
 * Reads a token's candidates. Where a point looks at every token, that is most of what it costs; so their texts
 * are read where somebody looks at them: a policy of the user's own, an event that is told.
 *
 * @param k - how many count
 * @throws RouteError `bad_logprobs`
 */
export function seenCandidates(
  listed: Pick<TokenLogprobs, "top" | "topLogprobs">,
  k: number,
): SeenCandidates {
  const { topLogprobs } = listed;
  const probabilities = topLogprobs === undefined ? null : topProbabilities(topLogprobs, k);
  if (probabilities === null) return namedCandidates(tokenDistribution(listed.top, k));
  let distribution: TokenDistribution | null = null;
  return {
    probabilities,
    entropy: entropyOf(probabilities),
    get distribution() {
      distribution ??= tokenDistribution(listed.top, k);
      return distribution;
    },
  };
}

function namedCandidates(distribution: TokenDistribution): SeenCandidates {
  return {
    probabilities: distribution.map(({ probability }) => probability),
    entropy: entropy(distribution),
    distribution,
  };
}
