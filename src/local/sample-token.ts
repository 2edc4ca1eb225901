/** A token of the vocabulary with its raw logit. */
export interface Candidate {
  readonly token: number;
  readonly logit: number;
}

/** How the next token is chosen. */
export interface Sampling {
  /** 0: always the likeliest. */
  readonly temperature: number;
  /** Cumulative probability to keep, 0 to 1; 1 keeps all. */
  readonly topP: number;
  /** How many candidates to keep; 0 keeps all. */
  readonly topK: number;
  /** Draws from this seed are the same in every process. */
  readonly seed: number;
}

/**
 * Chooses one of the candidates: temperature first, then the `topK` likeliest, then the fewest of them that
 * have `topP` together, in the order of vLLM and Hugging Face (llama.cpp has the temperature last).
 *
 * @param candidates - likeliest first, raw logits; at least `topK` of them (all of them for `topK: 0`)
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
  const kept = topK === 0 ? candidates : candidates.slice(0, topK);
  const weights = kept.map(({ logit }) => Math.exp((logit - likeliest.logit) / temperature));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  let nucleus = 0;
  let size = 0;
  while (size < weights.length && (size === 0 || nucleus < topP * mass)) {
    nucleus += weights[size++] ?? 0;
  }
  let rest = draw * nucleus;
  for (let index = 0; index < size; index++) {
    rest -= weights[index] ?? 0;
    if (rest < 0) return kept[index]?.token ?? likeliest.token;
  }
  return likeliest.token;
}

/**
 * The draw for one position of the context, 0 to 1. It depends on seed and position only, so a text that is
 * written in several requests is the text that one request would have written, whoever runs beside it.
 */
export function drawAt(seed: number, position: number): number {
  let hash = (seed ^ Math.imul(position + 1, 0x9e3779b1)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
