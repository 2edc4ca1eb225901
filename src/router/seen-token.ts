import type { ListedToken } from "../core/align-tokens.js";
import { ownGetter } from "../core/own-getter.js";
import type { SeenToken } from "../core/points/glimpse-point.js";
import type { TokenDistribution } from "../core/token-distribution.js";
import { requireCandidates } from "./require-candidates.js";
import { type SeenCandidates, seenCandidates, UNSEEN } from "./seen-candidates.js";
import type { ThoughtDraft } from "./thought-draft.js";
import type { LastToken, UnreadToken } from "./thought-state.js";

/** A token as a point sees it: with its candidates where they are wanted. */
export function seenToken(draft: ThoughtDraft, isWanted: boolean, token: UnreadToken): SeenToken {
  const { listed } = token;
  const candidates = isWanted ? candidatesOf(draft, listed) : UNSEEN;
  const logprob = isWanted ? (listed?.logprob ?? null) : null;
  return new Seen(token, candidates, logprob, draft.state.sinceLarge);
}

function candidatesOf(draft: ThoughtDraft, listed: ListedToken | null): SeenCandidates {
  const known = hasCandidates(listed) ? listed : requireCandidates(draft, listed);
  return seenCandidates(known, draft.config.topLogprobs);
}

export function hasCandidates(listed: ListedToken | null): listed is ListedToken {
  return listed !== null && (listed.topLogprobs ?? listed.top).length > 0;
}

/** For the decisions that fall at this token. Plain JSON, whose candidates are read where somebody looks. */
export function lastToken(seen: SeenToken): LastToken {
  return new Last(seen);
}

class Seen implements SeenToken {
  readonly text: string;
  readonly at: number;
  declare readonly distribution: TokenDistribution;
  readonly probabilities: readonly number[];
  readonly entropy: number;
  readonly logprob: number | null;
  readonly sinceLarge: number | null;
  readonly #candidates: SeenCandidates;

  constructor(
    { text, at }: UnreadToken,
    candidates: SeenCandidates,
    logprob: number | null,
    sinceLarge: number | null,
  ) {
    this.text = text;
    this.at = at;
    this.probabilities = candidates.probabilities;
    this.entropy = candidates.entropy;
    this.logprob = logprob;
    this.sinceLarge = sinceLarge;
    this.#candidates = candidates;
    Object.defineProperty(this, "distribution", Seen.#distribution);
  }

  static readonly #distribution = ownGetter(function (this: Seen) {
    return this.#candidates.distribution;
  });
}

class Last implements LastToken {
  readonly text: string;
  readonly at: number;
  readonly entropy: number;
  declare readonly distribution: TokenDistribution;
  readonly #seen: SeenToken;

  constructor(seen: SeenToken) {
    this.text = seen.text;
    this.at = seen.at;
    this.entropy = Number.isNaN(seen.entropy) ? 0 : seen.entropy;
    this.#seen = seen;
    Object.defineProperty(this, "distribution", Last.#distribution);
  }

  static readonly #distribution = ownGetter(function (this: Last) {
    return this.#seen.distribution;
  });
}
