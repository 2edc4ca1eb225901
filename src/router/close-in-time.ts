import { endStep, endThought } from "./end-step.js";
import { endWhole } from "./read-end.js";
import { countWhole, flushHeld } from "./read-step.js";
import type { ThoughtDraft } from "./thought-draft.js";

/**
 * The deadline is there: the thought is closed where it stands, and what a decision or a judge held back goes out as it
 * is. An answer is not cut short, nor a whole turn, which is one.
 */
export function closeInTime(draft: ThoughtDraft): void {
  const { state } = draft;
  const { stream } = state;
  if (state.phase === "answer" || state.phase === "done" || stream?.purpose === "turn") return;
  if (stream?.complete === true) {
    endWhole(draft);
    if (state.waits === null && state.stopReason === null) endThought(draft, "deadline");
    return;
  }
  // A probe's token is thrown away, and blanks before a step's first word are none.
  if (stream?.purpose === "probe" || (state.step.route === "large" && !state.step.begun)) {
    forgetHeld(draft);
  }
  flushHeld(draft);
  if (stream?.purpose === "step" && state.step.begun) countWhole(draft);
  if (state.step.begun) endStep(draft, "length", "deadline");
  else endThought(draft, "deadline");
}

function forgetHeld({ state: { step } }: ThoughtDraft): void {
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
}
