import { closeStep } from "./end-step.js";
import { handOver } from "./hand-over.js";
import { readEnd } from "./read-end.js";
import { readPiece } from "./read-step.js";
import { addUsage, type ThoughtDraft } from "./thought-draft.js";
import { NO_USAGE } from "./thought-state.js";
import { isAccepted, type JudgedStep, type Verdict, verifiedRecord } from "./verification.js";
import { isRead, keepBehind } from "./wait-for-verdict.js";

/** Takes the step that waits, or leaves it to large; then what had come behind it is read. */
export function readVerdict(draft: ThoughtDraft, verdict: Verdict): void {
  const { config, state, events } = draft;
  const { judged, step } = state;
  if (judged === null || config.verify === undefined) return;
  state.judged = null;
  bookVerdict(draft, verdict);
  step.ms += verdict.ms;
  const accepted = isAccepted(config.verify, verdict);
  step.verified = verifiedRecord(config.verify, verdict, accepted);
  events.push({ type: "step-judged", step: state.steps.length + 1, verified: step.verified });
  if (!accepted) return reject(draft);
  step.judgedFrom = null;
  closeStep(draft, judged.end, judged.stopReason);
  readBehind(draft, judged);
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

function readBehind(draft: ThoughtDraft, { behind, isOver }: JudgedStep): void {
  for (const piece of behind) {
    if (draft.state.judged !== null) keepBehind(draft, [piece]);
    else if (isRead(draft)) readPiece(draft, piece);
  }
  const { stream, judged } = draft.state;
  if (!isOver || stream === null) return;
  if (judged === null) readEnd(draft, stream, "length");
  else draft.state.judged = { ...judged, isOver };
}

/** Apart from what the thought itself has cost. */
function bookVerdict({ state }: ThoughtDraft, { asked }: Verdict): void {
  if (asked === undefined) return;
  const { requests, usage } = state;
  state.requests = { ...requests, verify: (requests.verify ?? 0) + 1 };
  state.usage = { ...usage, verify: addUsage(usage.verify ?? NO_USAGE, asked) };
}
