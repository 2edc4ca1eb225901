import type { TokenLogprob, TokenLogprobs } from "../../core/token-distribution.js";
import { candidateLogprob, readTopMap, type TopMap } from "./read-top-map.js";

/** Log-probabilities of a text completion: parallel lists, the candidates as maps keyed by token text. */
export interface LegacyLogprobs {
  readonly tokens: readonly string[];
  readonly token_logprobs?: readonly (number | null)[] | null;
  readonly top_logprobs?: readonly (TopMap | null)[] | null;
}

interface ListedCandidate {
  readonly token: string;
  readonly logprob: number | null;
}

/** Log-probabilities of a chat completion: one entry for each token. llama.cpp has them everywhere. */
export interface ListLogprobs {
  readonly content: readonly (ListedCandidate & {
    readonly top_logprobs?: readonly ListedCandidate[] | null;
  })[];
}

const NONE: readonly never[] = [];

/**
 * Reads the log-probabilities of one chunk, in whichever of the two shapes the server has.
 *
 * Candidates are read when somebody looks: a glimpse needs those of one token in a step, and twenty for
 * each token would be most of the work of a stream. What is wrong with them shows then, too.
 *
 * @param k - how many candidates were asked for
 */
export function readLogprobs(logprobs: unknown, k: number): readonly TokenLogprobs[] {
  if (typeof logprobs !== "object" || logprobs === null) return NONE;
  const shape = logprobs as Partial<LegacyLogprobs & ListLogprobs>;
  if (Array.isArray(shape.content)) return readList(shape as ListLogprobs);
  if (Array.isArray(shape.tokens)) return readMaps(shape as LegacyLogprobs, k);
  return NONE;
}

function readList({ content }: ListLogprobs): readonly TokenLogprobs[] {
  return content.map(({ token, logprob, top_logprobs }) =>
    tokenLogprobs(token, numberOrNull(logprob), () => (top_logprobs ?? NONE).map(candidate)),
  );
}

function readMaps(legacy: LegacyLogprobs, k: number): readonly TokenLogprobs[] {
  return legacy.tokens.map((token, index) => {
    const logprob = numberOrNull(legacy.token_logprobs?.[index]);
    const map = legacy.top_logprobs?.[index];
    return tokenLogprobs(token, logprob, () =>
      map === null || map === undefined ? NONE : readTopMap(map, { token, logprob }, k),
    );
  });
}

/** A plain object to all who look at it, whose candidates are read once, and late. */
function tokenLogprobs(
  token: string,
  logprob: number | null,
  read: () => readonly TokenLogprob[],
): TokenLogprobs {
  let top: readonly TokenLogprob[] | null = null;
  return {
    token,
    logprob,
    get top() {
      top ??= read();
      return top;
    },
  };
}

function candidate({ token, logprob }: ListedCandidate): TokenLogprob {
  return { token, logprob: candidateLogprob(logprob) };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
