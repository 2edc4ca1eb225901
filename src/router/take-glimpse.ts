import { entropy, margin, normalizedEntropy } from "../core/entropy.js";
import { RouteError } from "../core/route-error.js";
import type { Glimpse, Route } from "../core/route-policy.js";
import { type TokenLogprob, tokenDistribution } from "../core/token-distribution.js";
import type { ThoughtDraft } from "./thought-draft.js";

/** A token whose distribution is the glimpse. */
interface GlimpsedToken {
  readonly token: string;
  readonly top: readonly TokenLogprob[];
}

/**
 * Takes the glimpse of the step that begins, asks the policy, and notes the route. A repetition sends the
 * step to large whatever the policy says; it is asked all the same, so that its figures are complete.
 *
 * @param first - the token that the step begins with, `null` where the server listed none for its text
 * @throws RouteError `no_logprobs` where it came without candidates
 */
export function decideRoute(draft: ThoughtDraft, first: GlimpsedToken | null): Route {
  const { config, state, events } = draft;
  const { token, top } = requireCandidates(draft, first);
  const candidates = tokenDistribution(top, config.topLogprobs);
  const firstEntropy = entropy(candidates);
  const glimpse: Glimpse = {
    point: "stepStart",
    value: firstEntropy,
    occasion: 0,
    entropies: [firstEntropy],
    token,
    entropy: firstEntropy,
    normalizedEntropy: normalizedEntropy(candidates, config.topLogprobs),
    margin: margin(candidates),
    candidates,
  };
  const wanted = askPolicy(draft, glimpse);
  const route = state.forced ? "large" : wanted;
  state.step.route = route;
  state.step.entropy = glimpse.entropy;
  state.step.token = glimpse.token;
  events.push({
    type: "route-decided",
    step: state.steps.length + 1,
    route,
    entropy: glimpse.entropy,
    token: glimpse.token,
    forced: state.forced && wanted !== "large",
  });
  return route;
}

function askPolicy(draft: ThoughtDraft, glimpse: Glimpse): Route {
  const route = answerOfPolicy(draft, glimpse);
  if (route !== "small" && route !== "large") {
    throw new RouteError(
      "invalid_option",
      `Expected \`policy\` to return "small" or "large", got ${JSON.stringify(route)} for a glimpse of ${glimpse.entropy.toFixed(3)} nats. Asynchronous policies are not supported.`,
    );
  }
  return route;
}

/** The policy is the user's own code: what it throws is told as such, not as a model's failure. */
function answerOfPolicy({ config, state }: ThoughtDraft, glimpse: Glimpse): unknown {
  const step = state.steps.length + 1;
  try {
    return config.policy(glimpse, {
      step,
      thought: state.thought,
      thoughtTokens: state.thoughtTokens,
      handoffs: state.requests.large,
      // Made when it is looked at: most policies do not, and a list at every step would take ever longer.
      get routes() {
        return state.steps.map(({ route }) => route);
      },
    });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new RouteError("invalid_option", `The \`policy\` failed at step ${step}: ${said}`, cause);
  }
}

/**
 * The token that came where a glimpse is due, with its candidates.
 *
 * @throws RouteError `no_logprobs` where there are none: never a silent H = 0
 */
export function requireCandidates(
  { config, state: { stream } }: ThoughtDraft,
  first: GlimpsedToken | null,
): GlimpsedToken {
  if (first !== null && first.top.length > 0) return first;
  const what =
    first === null
      ? "text without log-probabilities"
      : `no candidates for its token ${JSON.stringify(first.token)}`;
  // Advice that is followed already would be none.
  const isProbed = stream?.purpose === "probe" || config.glimpse === "probe";
  throw new RouteError(
    "no_logprobs",
    `The small model sent ${what} where a step begins, so there is nothing to route by. ${isProbed ? NOT_EVEN_PROBED : NOT_STREAMED}`,
  );
}

const NOT_EVEN_PROBED =
  "Serve it with log-probabilities of one token (top_logprobs): neither its stream nor a whole reply had them. Without them a model can only be large.";

const NOT_STREAMED =
  'Serve it with log-probabilities (top_logprobs, streamed); with a server or gateway that gives them only for whole replies, set `glimpse: "probe"`. Speculative decoding is a cause, too (llama-server with a draft model lists none for drafted tokens): only large may have it.';
