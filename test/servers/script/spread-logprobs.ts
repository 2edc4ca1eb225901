/** A candidate: text and natural-log probability. */
export type Candidate = readonly [token: string, logprob: number];

/** How many candidates a scripted position has. */
const CANDIDATES = 20;

/**
 * Candidates, likeliest first, whose entropy is exactly `entropy` nats (at most ln 20): `token` has
 * the highest share, the others share the rest evenly.
 */
export function spreadLogprobs(token: string, entropy: number): readonly Candidate[] {
  const others = CANDIDATES - 1;
  let low = 1 / CANDIDATES;
  let high = 1;
  for (let round = 0; round < 60; round++) {
    const share = (low + high) / 2;
    if (entropyOf(share, others) > entropy) low = share;
    else high = share;
  }
  const rest = Math.max((1 - high) / others, 1e-30);
  return [
    [token, Math.log(high)],
    ...Array.from({ length: others }, (_, index): Candidate => [` other${index}`, Math.log(rest)]),
  ];
}

function entropyOf(share: number, others: number): number {
  const rest = 1 - share;
  const plogp = (p: number) => (p > 0 ? p * Math.log(p) : 0);
  return -plogp(share) - (rest > 0 ? rest * Math.log(rest / others) : 0);
}
