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

type Listed = Pick<TokenLogprobs, "top" | "topLogprobs">;

/**
 * Reads a token's candidates. Where a point looks at every token, that is most of what it costs; so their texts
 * are read where somebody looks at them: a policy of the user's own, an event that is told.
 *
 * @param k - how many count
 * @throws RouteError `bad_logprobs`
 */
export function seenCandidates(listed: Listed, k: number): SeenCandidates {
  const { topLogprobs } = listed;
  const probabilities = topLogprobs === undefined ? null : topProbabilities(topLogprobs, k);
  return probabilities === null
    ? namedCandidates(tokenDistribution(listed.top, k))
    : new UnnamedCandidates(probabilities, listed, k);
}

function namedCandidates(distribution: TokenDistribution): SeenCandidates {
  return {
    probabilities: distribution.map(({ probability }) => probability),
    entropy: entropy(distribution),
    distribution,
  };
}

class UnnamedCandidates implements SeenCandidates {
  readonly probabilities: readonly number[];
  readonly entropy: number;
  readonly #listed: Listed;
  readonly #k: number;
  #distribution: TokenDistribution | null = null;

  constructor(probabilities: readonly number[], listed: Listed, k: number) {
    this.probabilities = probabilities;
    this.entropy = entropyOf(probabilities);
    this.#listed = listed;
    this.#k = k;
  }

  get distribution(): TokenDistribution {
    this.#distribution ??= tokenDistribution(this.#listed.top, this.#k);
    return this.#distribution;
  }
}
