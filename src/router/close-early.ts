import type { ListedToken } from "../core/align-tokens.js";
import { marginToClose } from "../core/early-exit/close-margin.js";
import { leadingBlanks } from "../core/step-boundary.js";
import { tokenDistribution } from "../core/token-distribution.js";
import { endThought } from "./end-step.js";
import { withoutOpenTag } from "./hand-over.js";
import { requireCandidates } from "./require-candidates.js";
import type { ThoughtDraft } from "./thought-draft.js";
import { tokensSoFar } from "./thought-state.js";

/**
 * Is the thought done, as far as the token tells that a step would begin with? Never before its first step, or
 * before it is as long as it has to be.
 *
 * @throws RouteError `no_logprobs` where the token came without candidates
 */
export function isDone(draft: ThoughtDraft, first: ListedToken | null): boolean {
  const { config, state } = draft;
  const { closeWhen, thinking, topLogprobs, minThoughtTokens = 0 } = config;
  if (closeWhen?.rule !== "closeMargin" || thinking === false) return false;
  if (state.steps.length === 0 || tokensSoFar(state) < minThoughtTokens) return false;
  const { top } = requireCandidates(draft, first);
  const margin = marginToClose(tokenDistribution(top, topLogprobs), thinking.close);
  return margin !== null && margin < closeWhen.below;
}

/**
 * Closes the thought where a step would begin. The glimpsed token is dropped; what small wrote of the boundary stays.
 *
 * @param held - what is not yet part of the step, up to and with the glimpsed token
 */
export function closeEarly(draft: ThoughtDraft, held: string): void {
  const { config } = draft;
  const { step } = draft.state;
  const begun = withoutOpenTag(draft, held);
  const lead = step.text + leadingBlanks(begun);
  // Small was about to close it, too.
  const isClosed = config.thinking !== false && begun.trim() === config.thinking.close;
  step.text = lead.slice(0, lead.lastIndexOf("\n") + 1);
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
  endThought(draft, isClosed ? "closed" : "early-exit");
}
