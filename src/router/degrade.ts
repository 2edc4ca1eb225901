import { tailOf } from "../core/step-boundary.js";
import { leaveCut, placeOf } from "./cut-stream.js";
import { answererOf, type DegradedRecord } from "./degraded.js";
import { closeStep, emitText, endPart } from "./end-step.js";
import { goToLarge, handOff } from "./hand-over.js";
import { isWholeTurn } from "./next-request.js";
import { closeReading } from "./point-reading.js";
import type { Reduced } from "./reduce-thought.js";
import type { RouteConfig } from "./route-config.js";
import { otherRole, type Role, type StepWriter } from "./step-writer.js";
import { draftOf, isRefused, type ThoughtDraft } from "./thought-draft.js";
import { emptyStep, type ThoughtState } from "./thought-state.js";

/** The model that is out. */
export type Failed = Pick<DegradedRecord, "role" | "reason">;

/**
 * A model is out, and the other one writes the rest of the reply: large all further steps, or small the hard ones and the
 * answer, too. What was kept of an open stream stays, as behind any cut.
 *
 * @returns `null` where that is not wanted (`onFailure`), or cannot be: both are out, or the other one cannot go on with
 * what was handed out
 */
export function degrade(
  config: RouteConfig,
  state: ThoughtState,
  failed: Failed,
  writers: Readonly<Record<Role, StepWriter>>,
): Reduced | null {
  if (config.onFailure?.[failed.role] !== "other" || state.degraded !== null) return null;
  if (!canGoOn(config, state, writers[otherRole(failed.role)])) return null;
  const draft = draftOf(config, isRefused(state, false) ? { ...state, stream: null } : state);
  if (draft.state.stream !== null) leaveCut(draft, draft.state.stream);
  if (draft.state.phase !== "done") goOnWithout(draft, failed);
  return draft;
}

/** A chat begins anew each time, and so does the answer of a model that is prompted. */
function canGoOn(config: RouteConfig, state: ThoughtState, other: StepWriter): boolean {
  const { phase, stream, answerText, answerTokens } = state;
  const isAnswer = phase === "answer" || stream?.purpose === "turn";
  if (!isAnswer) return true;
  if (config.answerIn !== "chat") {
    return answerText === "" || other.resumption?.by !== "prompt";
  }
  const isNew = answerText === "" && answerTokens === 0 && (stream?.received ?? 0) === 0;
  return isNew && other.answer !== undefined;
}

function goOnWithout(draft: ThoughtDraft, { role, reason }: Failed): void {
  const { config, state, events } = draft;
  const record: DegradedRecord = { role, fromStep: placeOf(state).step, reason };
  const answered = answererOf(config, state);
  state.degraded = record;
  events.push({ type: "degraded", record });
  acceptStep(draft);
  if (state.phase !== "answer") return role === "small" ? leaveToLarge(draft) : leaveToSmall(draft);
  const by = answererOf(config, state);
  if (by !== answered) events.push({ type: "answer-start", by });
}

/** Nobody is left to write it anew, or to be asked for more by small. */
function acceptStep(draft: ThoughtDraft): void {
  const { state } = draft;
  const { waits } = state;
  state.step.judgedFrom = null;
  state.waits = null;
  if (waits?.for === "verdict") closeStep(draft, waits.end, waits.stopReason);
}

function leaveToLarge(draft: ThoughtDraft): void {
  const { config, state } = draft;
  const isTurn = isWholeTurn(config);
  state.turn = null;
  state.untilEnd = !isTurn;
  if (state.phase === "large" || state.phase === "rest") {
    state.phase = isTurn ? "large" : "rest";
    return;
  }
  closeReading(draft);
  if (!state.step.begun) {
    // Line breaks that large writes here are small's no more than its own: they stay, as in all that is asked for at once.
    state.step.route = isTurn ? "large" : null;
    // A turn of large's that came to no word is none of what follows: its blanks go, too.
    const { parts, part } = emptyStep();
    Object.assign(state.step, { parts, part });
    return handOff(draft);
  }
  changeWriter(draft, "large");
  goToLarge(draft);
}

function leaveToSmall(draft: ThoughtDraft): void {
  const { state } = draft;
  const { phase, step } = state;
  state.turn = null;
  state.untilEnd = false;
  if (phase !== "large" && phase !== "rest") return;
  if (!step.begun && phase === "rest") {
    step.route = null;
    state.phase = "glimpse";
    return;
  }
  changeWriter(draft, "small");
  step.unstopped = false;
  state.phase = "small";
}

/** In the middle of a step. What may have been the beginning of a tag goes with who began it. */
function changeWriter(draft: ThoughtDraft, to: Role): void {
  const { config, state } = draft;
  const { step } = state;
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
  emitText(draft, "");
  if (step.begun && step.text.length > step.part.from) endPart(draft, "handoff");
  step.route = to;
  step.tail = step.begun ? tailOf(step.text.trimStart(), config.delimiter) : "";
}
