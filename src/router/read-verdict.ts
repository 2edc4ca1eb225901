import { closeStep } from "./end-step.js";
import { handOver } from "./hand-over.js";
import { readBehind } from "./read-behind.js";
import { narrowStream } from "./spending.js";
import { bookAside } from "./spent.js";
import type { ThoughtDraft } from "./thought-draft.js";
import { isAccepted, type Verdict, verifiedRecord } from "./verification.js";
import { tokensBehind } from "./waiting.js";

/** Takes the step that waits, or leaves it to large; then what had come behind it is read. */
export function readVerdict(draft: ThoughtDraft, verdict: Verdict): void {
  const { config, state, events } = draft;
  const { waits, step } = state;
  if (waits?.for !== "verdict" || config.verify === undefined) return;
  state.waits = null;
  bookAside(state, "verify", verdict.asked);
  step.ms += verdict.ms;
  const accepted = isAccepted(config.verify, verdict);
  const behind = tokensBehind(waits, state.stream);
  step.verified = verifiedRecord(config.verify, verdict, { accepted, behind });
  events.push({ type: "step-judged", step: state.steps.length + 1, verified: step.verified });
  if (!accepted) return reject(draft);
  step.judgedFrom = null;
  closeStep(draft, waits.end, waits.stopReason);
  narrowStream(draft);
  readBehind(draft, waits);
}

/** What small has written is thrown away, and its stream left. */
function reject(draft: ThoughtDraft): void {
  const { state } = draft;
  const { step } = state;
  const from = step.judgedFrom ?? { cut: 0, tokensBefore: 0, untilEnd: false };
  step.judgedFrom = null;
  state.turn = null;
  state.untilEnd = from.untilEnd;
  handOver(draft, from, step.tokens - from.tokensBefore);
}
