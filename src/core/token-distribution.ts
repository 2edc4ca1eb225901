import { RouteError } from "./route-error.js";

/** One candidate of a position: its text and its natural-log probability. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
}

/**
 * One generated token as a server lists it. `token` may be empty (a byte of a character that is
 * not complete yet) or stand for no text at all (EOS). `top` is empty where no candidates were asked for.
 */
export interface TokenLogprobs {
  readonly token: string;
  readonly logprob: number | null;
  readonly top: readonly TokenLogprob[];
  /**
   * The log-probabilities of `top` without their texts, where those can be had for less; absent: look at `top`.
   * An entropy needs no more.
   */
  readonly topLogprobs?: readonly number[] | undefined;
}

/** A candidate with its probability, renormalised over the candidates that are kept. */
interface TokenProbability {
  readonly token: string;
  readonly probability: number;
}

/** The k likeliest candidates of one position, likeliest first; probabilities sum to 1. */
export type TokenDistribution = readonly TokenProbability[];

/**
 * At or below this a log-probability is a server's word for "impossible", not a number to compare:
 * vLLM writes -9999, llama.cpp -3.4e38, JSON-less engines -Infinity.
 */
export const IMPOSSIBLE_LOGPROB = -9999;

/** Float noise: a certain token is reported as 1e-7 now and then, never as 0.1. */
const CERTAIN_SLACK = 1e-3;

/**
 * Turns the log-probabilities of one position into a distribution: sorted by value, the `k` highest
 * kept, renormalised over what is there. Two ids with one text stay two candidates, and EOS is one too.
 *
 * @param top - log-probabilities in nats, in any order (vLLM puts the sampled token first)
 * @param k - how many candidates to keep, 2 or more
 * @throws RouteError `bad_logprobs` on NaN, a value above 0, or no probability mass at all
 */
export function tokenDistribution(top: readonly TokenLogprob[], k: number): TokenDistribution {
  checkLogprobs(top);
  const kept = top
    .filter(({ logprob }) => logprob > IMPOSSIBLE_LOGPROB)
    .sort((a, b) => b.logprob - a.logprob)
    .slice(0, k);
  const highest = kept[0];
  if (highest === undefined) {
    throw new RouteError(
      "bad_logprobs",
      `None of the ${top.length} candidates of the glimpse has any probability. The server cuts candidates before it reports them: serve raw log-probabilities (vLLM: --logprobs-mode raw_logprobs).`,
    );
  }
  const probabilities = renormalised(kept.map(({ logprob }) => logprob));
  return kept.map(({ token }, index) => ({ token, probability: probabilities[index] ?? 0 }));
}

/**
 * The same without the candidates' texts, to the last bit.
 *
 * @returns `null` where `tokenDistribution` would have something to report
 */
export function topProbabilities(logprobs: readonly number[], k: number): readonly number[] | null {
  const kept: number[] = [];
  let isSorted = true;
  for (const logprob of logprobs) {
    if (Number.isNaN(logprob) || logprob > CERTAIN_SLACK) return null;
    if (logprob <= IMPOSSIBLE_LOGPROB) continue;
    isSorted &&= kept.length === 0 || logprob <= (kept.at(-1) ?? 0);
    kept.push(logprob);
  }
  if (kept.length === 0) return null;
  // Servers list the likeliest first, as a rule.
  if (!isSorted) kept.sort((a, b) => b - a);
  return renormalised(kept.length > k ? kept.slice(0, k) : kept);
}

/** Relative to the highest, which comes first, so that a tail of tiny values does not underflow to 0 / 0. */
function renormalised(logprobs: readonly number[]): readonly number[] {
  const [highest = 0] = logprobs;
  const weights: number[] = [];
  let mass = 0;
  for (const logprob of logprobs) {
    const weight = Math.exp(logprob - highest);
    mass += weight;
    weights.push(weight);
  }
  // In place: where a point looks at every token, this is done for every token.
  for (let index = 0; index < weights.length; index++)
    weights[index] = (weights[index] ?? 0) / mass;
  return weights;
}

/**
 * @throws RouteError `bad_logprobs` on NaN or a value above 0
 */
export function checkLogprobs(top: readonly TokenLogprob[]): void {
  for (const { token, logprob } of top) {
    if (Number.isNaN(logprob) || logprob > CERTAIN_SLACK) {
      throw new RouteError(
        "bad_logprobs",
        `Expected log-probabilities of at most 0, got ${logprob} for token ${JSON.stringify(token)}. The server must report natural-log probabilities.`,
      );
    }
  }
}
