import type { RetryRecord } from "./cut.js";
import { leaveCut, placeOf } from "./cut-stream.js";
import { answererOf } from "./degraded.js";
import { closeStep } from "./end-step.js";
import { isWholeTurn } from "./next-request.js";
import type { Reduced } from "./reduce-thought.js";
import type { RouteConfig } from "./route-config.js";
import type { RouteEvent } from "./route-event.js";
import { bookDiscarded } from "./spent.js";
import type { Opening, Role, StepWriter } from "./step-writer.js";
import { draftOf, leaveStream, type ThoughtDraft } from "./thought-draft.js";
import { roomsOf, startThought, type ThoughtState } from "./thought-state.js";

/** What a thought goes on with, in another call or another process. */
export interface ResumedWith {
  readonly writers: Readonly<Record<Role, Pick<StepWriter, "resumption">>>;
  /** Rendered anew: they may be another server's, or another model's. */
  readonly openings: Readonly<Record<Role, Opening>>;
}

/**
 * Goes on with a thought as an earlier call has left it. The stream that was open then was cut, for whoever goes on; so
 * what is kept of it, and what is asked for next, is as behind any cut. What that call has handed out already, and where
 * in the reply it was, is told first.
 *
 * @param left - with its open stream, as `ThoughtError.left` has it
 * @throws RouteError `context` where a prompt leaves no room for an answer
 */
export function resumeThought(config: RouteConfig, left: ThoughtState, by: ResumedWith): Reduced {
  const draft = draftOf(config, { ...left, rooms: roomsOf(by.openings) });
  const { texts, place } = beginAnew(draft, by) ?? goOn(draft, left);
  const record = noteResumed(draft, by);
  const { state, events } = draft;
  return { state, events: [{ type: "thought-resumed", record, ...texts }, ...place, ...events] };
}

/** What the reader has of the reply, and events that tell it where in the reply this is. */
interface Told {
  readonly texts: { readonly thought: string; readonly answer: string };
  readonly place: readonly RouteEvent[];
}

/** Behind the last whole token. */
function goOn(draft: ThoughtDraft, left: ThoughtState): Told {
  const { config, state } = draft;
  const { step, steps } = left;
  dropUnread(draft);
  if (state.stream !== null) leaveCut(draft, state.stream);
  forgetAsides(draft);
  const place: RouteEvent[] = [];
  if (step.started) {
    place.push({ type: "step-start", step: steps.length + 1, route: step.route ?? "small" });
  }
  if (left.phase === "answer") place.push({ type: "answer-start", by: answererOf(config, left) });
  return { texts: { thought: handedOut(left), answer: left.answerText }, place };
}

/**
 * A chat begins anew each time, and a model that is prompted for its answer cannot go on with one. `null` where nothing of
 * the kind was being written.
 */
function beginAnew(draft: ThoughtDraft, { writers, openings }: ResumedWith): Told | null {
  const { config, state } = draft;
  if (isWholeTurn(config)) {
    leaveStream(draft);
    const { requests, usage, retries, degraded } = state;
    const phase = degraded?.role === "small" ? "large" : "glimpse";
    Object.assign(state, { ...startThought(openings), phase, requests, usage, retries, degraded });
    return { texts: { thought: "", answer: "" }, place: [] };
  }
  const isPrompted = writers[answererOf(config, state)].resumption?.by === "prompt";
  if (state.phase !== "answer" || (config.answerIn !== "chat" && !isPrompted)) return null;
  leaveStream(draft);
  bookDiscarded(state, answererOf(config, state), state.answerTokens);
  state.answerText = "";
  state.answerTokens = 0;
  const place = [{ type: "answer-start", by: answererOf(config, state) } as const];
  return { texts: { thought: handedOut(state), answer: "" }, place };
}

/** What a stream had brought behind the place where the thought waits is written once more. */
function dropUnread(draft: ThoughtDraft): void {
  const { state } = draft;
  if (state.waits === null) return;
  state.waits = { ...state.waits, behind: [], isOver: false };
  leaveStream(draft);
}

/** Who is not asked any more is not waited for. */
function forgetAsides(draft: ThoughtDraft): void {
  const { config, state } = draft;
  const { waits } = state;
  if (config.verify === undefined) {
    state.step.judgedFrom = null;
    if (waits?.for === "verdict") {
      state.waits = null;
      closeStep(draft, waits.end, waits.stopReason);
    }
  }
  if (waits?.for === "watch" && config.closeWhen?.rule !== "answerEntropy") state.waits = null;
}

function noteResumed({ config, state }: ThoughtDraft, { writers }: ResumedWith): RetryRecord {
  const role = nextRole(config, state);
  const place = placeOf(state);
  const isPrompted = place.afterTokens > 0 && writers[role].resumption?.by === "prompt";
  const record: RetryRecord = {
    ...place,
    role,
    reason: "resumed",
    ...(isPrompted ? { prompted: true } : {}),
  };
  state.retries = [...state.retries, record];
  return record;
}

function nextRole(config: RouteConfig, state: ThoughtState): Role {
  const { phase } = state;
  if (phase === "answer") return answererOf(config, state);
  return phase === "large" || phase === "rest" ? "large" : "small";
}

/** What an open decision or a judge may still cut off is not out. */
function handedOut({ thought, step }: ThoughtState): string {
  return thought + step.text.slice(0, step.emitted);
}
