/** A token of the vocabulary with the model's own logit. */
export interface Candidate {
  readonly token: number;
  readonly logit: number;
}

/** A candidate with its log-probability in nats, from the model's distribution before any sampling option. */
export interface TokenCandidate {
  readonly token: number;
  readonly logprob: number;
}

/** The next token of a sequence. */
export interface Reading {
  readonly token: number;
  /** `null` where the distribution was not read. */
  readonly logprob: number | null;
  /** Likeliest first; empty where the distribution was not read. */
  readonly top: readonly TokenCandidate[];
}

/** Likeliest first. Sorted here: the engine's order is no promise, and equal logits go by token. */
export function sortCandidates(logits: ReadonlyMap<number, number> | undefined): Candidate[] {
  return Array.from(logits ?? [], ([token, logit]) => ({ token, logit })).sort(
    (a, b) => b.logit - a.logit || a.token - b.token,
  );
}

/**
 * The chosen token and its rivals as log-probabilities over the whole vocabulary.
 *
 * @param candidates - likeliest first
 * @param top - how many of them to report
 * @param weight - the sum of `exp(logit - highest logit)` over the vocabulary
 */
export function reportReading(
  token: number,
  candidates: readonly Candidate[],
  top: number,
  weight = 1,
): Reading {
  const logSum = (candidates[0]?.logit ?? 0) + Math.log(weight);
  // Float noise: the sum of a certain token's weights is a little less than 1 now and then.
  const logprob = ({ logit }: Candidate): number => Math.min(0, logit - logSum);
  const chosen = candidates.find((candidate) => candidate.token === token);
  return {
    token,
    logprob: chosen === undefined ? null : logprob(chosen),
    top: candidates
      .slice(0, top)
      .map((candidate) => ({ token: candidate.token, logprob: logprob(candidate) })),
  };
}
