import { firstNonBlank } from "../core/step-boundary.js";
import { emitText, endWholeTurn } from "./end-step.js";
import type { OpenStream } from "./open-stream.js";
import { countWhole } from "./read-step.js";
import { endStream, type ThoughtDraft } from "./thought-draft.js";

/** A chat begins anew: blanks that a probe had written are not gone on from. */
export function beginTurn({ state: { step } }: ThoughtDraft): void {
  step.text = "";
  step.held = "";
}

/** Reads a reply that one model writes as a whole, behind one glimpse: its text is one step. */
export function readTurn(draft: ThoughtDraft, text: string): void {
  const { step } = draft.state;
  step.text += text;
  step.begun ||= firstNonBlank(step.text) !== -1;
  emitText(draft, text);
}

export function endTurnInChat(
  draft: ThoughtDraft,
  stream: OpenStream,
  reason: "stop" | "eos" | "length" | "tool_calls",
): void {
  draft.state.step.route ??= stream.role;
  countWhole(draft);
  endStream(draft);
  if (reason !== "length") return endWholeTurn(draft, "eos");
  endWholeTurn(draft, "length", stream.limitedBy === "step" ? "budget" : stream.limitedBy);
}
