import type { TokenLogprob, TokenLogprobs } from "../core/token-distribution.js";

export interface ReadCandidates {
  /** Candidates of each token that has some and whose can be read. */
  readonly lists: readonly (readonly TokenLogprob[])[];
  /** What was wrong with those of another token, `null` where all can be read. */
  readonly error: Error | null;
}

/** Reads the candidates of every token: they are read late, and may be beyond repair. */
export function readCandidates(tokens: readonly TokenLogprobs[]): ReadCandidates {
  const lists: (readonly TokenLogprob[])[] = [];
  let error: Error | null = null;
  for (const token of tokens) {
    try {
      if (token.top.length > 0) lists.push(token.top);
    } catch (thrown) {
      error = thrown as Error;
    }
  }
  return { lists, error };
}
