import type { ListedToken } from "../core/align-tokens.js";
import { RouteError } from "../core/route-error.js";
import type { ThoughtDraft } from "./thought-draft.js";

/**
 * The token that came where a glimpse is due, with its candidates.
 *
 * @throws RouteError `no_logprobs` where there are none: never a silent H = 0
 */
export function requireCandidates(
  { config, state: { stream, step } }: ThoughtDraft,
  first: ListedToken | null,
): ListedToken {
  if (first !== null && first.top.length > 0) return first;
  const what =
    first === null
      ? "text without log-probabilities"
      : `no candidates for its token ${JSON.stringify(first.token)}`;
  // Advice that is followed already would be none.
  const isProbed = stream?.purpose === "probe" || config.glimpse === "probe";
  throw new RouteError(
    "no_logprobs",
    `The small model sent ${what} where ${step.begun ? "the point looks" : "a step begins"}, so there is nothing to route by. ${isProbed ? NOT_EVEN_PROBED : NOT_STREAMED}`,
  );
}

const NOT_EVEN_PROBED =
  "Serve it with log-probabilities of one token (top_logprobs): neither its stream nor a whole reply had them. Without them a model can only be large.";

const NOT_STREAMED =
  'Serve it with log-probabilities (top_logprobs, streamed); with a server or gateway that gives them only for whole replies, set `glimpse: "probe"`. Speculative decoding is a cause, too (llama-server with a draft model lists none for drafted tokens): only large may have it.';
