import type { Candidate } from "./token-reading.js";

/** How the next token is chosen. */
export interface Sampling {
  /** 0: always the likeliest. */
  readonly temperature: number;
  /** Cumulative probability to keep, above 0; 1 keeps all. */
  readonly topP: number;
  /** How many candidates to keep; 0 keeps all. */
  readonly topK: number;
  readonly seed: number;
}

/**
 * Chooses one of the candidates as the engine's sampler does: the `topK` likeliest, the fewest of them that
 * have `topP` of their probability together, then the temperature. Used where the distribution is read, for
 * there the engine itself must not sample: it would report what is left after the cuts.
 *
 * @param candidates - likeliest first; at least `topK` of them (all of them for `topK: 0`)
 * @param draw - a number from 0 to 1, 1 excluded
 */
export function sampleToken(
  candidates: readonly Candidate[],
  { temperature, topP, topK }: Omit<Sampling, "seed">,
  draw: number,
): number {
  const [likeliest] = candidates;
  if (likeliest === undefined) throw new RangeError("Expected at least one candidate");
  if (temperature === 0) return likeliest.token;
  const best = topK === 0 ? candidates : candidates.slice(0, topK);
  const kept = best.slice(0, nucleusSize(best, topP));
  const weights = kept.map(({ logit }) => Math.exp((logit - likeliest.logit) / temperature));
  let rest = draw * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, { token }] of kept.entries()) {
    rest -= weights[index] ?? 0;
    if (rest < 0) return token;
  }
  return likeliest.token;
}

function nucleusSize(candidates: readonly Candidate[], topP: number): number {
  const highest = candidates[0]?.logit ?? 0;
  const weights = candidates.map(({ logit }) => Math.exp(logit - highest));
  const wanted = topP * weights.reduce((sum, weight) => sum + weight, 0);
  let nucleus = 0;
  const last = weights.findIndex((weight) => {
    nucleus += weight;
    return nucleus >= wanted;
  });
  return last === -1 ? candidates.length : last + 1;
}

/**
 * A seed of 32 bits for one position of the context: a continuation must not repeat the draws of the text
 * before it.
 */
export function seedAt(seed: number, position: number): number {
  let hash = (seed ^ Math.imul(position + 1, 0x9e3779b1)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The draw for one position, 0 to 1, 1 excluded. */
export function drawAt(seed: number, position: number): number {
  return seedAt(seed, position) / 2 ** 32;
}
