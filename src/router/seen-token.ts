import type { ListedToken } from "../core/align-tokens.js";
import type { SeenToken } from "../core/points/glimpse-point.js";
import { type SeenCandidates, seenCandidates, UNSEEN } from "./seen-candidates.js";
import { requireCandidates } from "./take-glimpse.js";
import type { ThoughtDraft } from "./thought-draft.js";
import type { PointReading, UnreadToken } from "./thought-state.js";

/** A token as a point sees it: with its candidates where they are wanted. */
export function seenToken(draft: ThoughtDraft, isWanted: boolean, token: UnreadToken): SeenToken {
  const { text, at, listed } = token;
  const candidates = isWanted ? candidatesOf(draft, listed) : UNSEEN;
  return {
    text,
    at,
    get distribution() {
      return candidates.distribution;
    },
    probabilities: candidates.probabilities,
    entropy: candidates.entropy,
    logprob: isWanted ? (listed?.logprob ?? null) : null,
    sinceLarge: draft.state.sinceLarge,
  };
}

function candidatesOf(draft: ThoughtDraft, listed: ListedToken | null): SeenCandidates {
  const known = hasCandidates(listed) ? listed : requireCandidates(draft, listed);
  return seenCandidates(known, draft.config.topLogprobs);
}

export function hasCandidates(listed: ListedToken | null): listed is ListedToken {
  return listed !== null && (listed.topLogprobs ?? listed.top).length > 0;
}

/** For the decisions that fall at this token. Plain JSON, whose candidates are read where somebody looks. */
export function lastToken(seen: SeenToken): Exclude<PointReading["last"], null> {
  return {
    text: seen.text,
    at: seen.at,
    entropy: Number.isNaN(seen.entropy) ? 0 : seen.entropy,
    get distribution() {
      return seen.distribution;
    },
  };
}
