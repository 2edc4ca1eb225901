import type { Ask } from "../core/points/glimpse-point.js";
import { firstNonBlank, leadingBlanks, tailOf } from "../core/step-boundary.js";
import { emitText, endPart } from "./end-step.js";
import { forgetTokens } from "./point-reading.js";
import { bookDiscarded } from "./spent.js";
import { tokensFrom } from "./step-tokens.js";
import { leaveStream, type ThoughtDraft } from "./thought-draft.js";

/**
 * Leaves the step to large from its start: the glimpsed token is dropped, and the blanks on its line; line
 * breaks stay.
 *
 * @param held - what is not yet part of the step, up to and with the glimpsed token
 */
export function handOff(draft: ThoughtDraft, held = draft.state.step.held): void {
  const { step } = draft.state;
  const lead = step.text + leadingBlanks(withoutOpenTag(draft, held));
  step.text = lead.slice(0, lead.lastIndexOf("\n") + 1);
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
  // What small wrote of the boundary is part of the thought, not of the step by large.
  draft.state.thoughtTokens += step.tokens;
  step.tokens = 0;
  goToLarge(draft);
}

/** Leaves the step to large from where an ask cuts it: at its start, or inside. */
export function handOver(
  draft: ThoughtDraft,
  { cut }: Pick<Ask, "cut">,
  dropped = tokensFrom(draft.state.step.reading, cut),
): void {
  const { config, state } = draft;
  const { step } = state;
  const begin = Math.max(0, firstNonBlank(step.text));
  step.discarded += dropped;
  step.tokens -= dropped;
  // While its stream is open, what is dropped of it shows when it is left.
  if (state.stream === null) bookDiscarded(state, "small", dropped);
  step.held = "";
  if (cut <= begin) {
    step.text = step.text.slice(0, begin);
    step.begun = false;
    step.tail = "";
    step.route = "large";
    return handOff(draft, "");
  }
  step.text = step.text.slice(0, cut);
  step.tail = tailOf(step.text.trimStart(), config.delimiter);
  emitBefore(draft, cut);
  endPart(draft, "handoff");
  step.route = "large";
  goToLarge(draft);
}

/** What small keeps of the step is told before the decision that was told last: that is about what follows. */
function emitBefore(draft: ThoughtDraft, cut: number): void {
  const decision = draft.events.pop();
  emitText(draft, "", cut);
  if (decision !== undefined) draft.events.push(decision);
}

export function goToLarge(draft: ThoughtDraft): void {
  const { state } = draft;
  const { reading } = state.step;
  if (reading !== null) forgetTokens(reading);
  // What large writes of a step goes out as it comes, with what stands before it: nothing of it can be judged any more.
  state.step.judgedFrom = null;
  state.step.dropped = "";
  leaveStream(draft);
  // What was written ahead of small's glimpse is none of large's part.
  state.step.part = { ...state.step.part, speculation: null };
  state.handoffs += 1;
  state.sinceLarge = 0;
  state.phase = state.untilEnd ? "rest" : "large";
}

/** What was held before a step's first word, without an opening tag that was written once more. */
export function withoutOpenTag({ config }: ThoughtDraft, held: string): string {
  return config.thinking === false ? held : held.replace(config.thinking.open, "");
}
