import { RouteError } from "../core/route-error.js";
import { runsOn, writtenTokens } from "./count-written.js";
import { type Cut, type RetryRecord, timesCut } from "./cut.js";
import type { OpenStream } from "./open-stream.js";
import { markOutage } from "./outage.js";
import { endReading } from "./point-reading.js";
import { endWhole, readEnd } from "./read-end.js";
import { isLeft } from "./read-step.js";
import { endStream, leaveStream, type ThoughtDraft } from "./thought-draft.js";
import { type ThoughtState, tokensSoFar } from "./thought-state.js";

/**
 * A stream is over before its end. What was kept of it stays; what to ask for next then follows from the state, as
 * ever: the same model goes on behind the last whole token.
 *
 * @throws RouteError `stream_cut` where it cannot be gone on with, or was cut too often
 */
export function cutStream(draft: ThoughtDraft, stream: OpenStream, cut: Cut): void {
  // The step was whole: what is missing is only the server's last word on usage.
  if (stream.complete) return endWhole(draft);
  if (isResumable(draft, stream, cut)) {
    if (!leaveCut(draft, stream)) noteRetry(draft, stream, cut);
    return;
  }
  // An open decision falls by what there is: where large goes on, small's stream is not missed.
  if (draft.state.step.begun && isLeft(draft, endReading(draft))) return;
  const words = `The ${stream.role} model's stream ${HOW[cut.reason]}: it was cut, and the text is incomplete. Look at the server's log; start llama-cpp-python with --interrupt_requests False.`;
  throw markOutage(new RouteError("stream_cut", words), cut.reason);
}

const HOW: Readonly<Record<Cut["reason"], string>> = {
  cut: "ended without a finish reason",
  error: "ended with an error",
  "no-first-token": "brought no token within `firstTokenTimeoutMs`",
  stalled: "brought no further token within `stallTimeoutMs`",
};

function isResumable(
  { config, state }: ThoughtDraft,
  { role, purpose, received }: OpenStream,
  { resumption }: Cut,
): boolean {
  if (resumption === null || resumption === undefined) return false;
  if (timesCut(state.retries, role) >= resumption.retries) return false;
  const isAnswer = purpose === "answer" || purpose === "turn";
  if (!isAnswer || (config.answerIn !== "chat" && resumption.by === "text")) return true;
  // A chat begins anew each time: what was handed out cannot be taken back.
  return received === 0 && state.answerText === "" && state.answerTokens === 0;
}

/** A probe's token has come, or as many tokens as a limit allows. */
function isSpent({ state: { step } }: ThoughtDraft, stream: OpenStream): boolean {
  const { purpose, received, spelled, textless, maxTokens } = stream;
  if (purpose === "probe") return step.route !== null || received >= maxTokens;
  // A token without text may have been the model's own end.
  return (runsOn(stream) ? received - (textless?.count ?? 0) : spelled) >= maxTokens;
}

/**
 * What was kept of a stream that is over stays, and whoever goes on with the thought goes on behind it.
 *
 * @returns true where nothing of it is missing: all that was asked for has come
 */
export function leaveCut(draft: ThoughtDraft, stream: OpenStream): boolean {
  if (stream.complete) endWhole(draft);
  // So it ended there, whatever the server meant to say of it.
  else if (isSpent(draft, stream)) readEnd(draft, stream, "length");
  else {
    keepWritten(draft, stream);
    return false;
  }
  return true;
}

function keepWritten(draft: ThoughtDraft, stream: OpenStream): void {
  if (stream.purpose !== "answer") {
    keepStep(draft.state, stream);
    return leaveStream(draft);
  }
  draft.state.answerTokens += stream.spelled;
  // An answer is no part of the thought, by which is told what a stream was left with.
  endStream(draft, writtenTokens(stream) - stream.spelled);
}

function noteRetry(draft: ThoughtDraft, { role }: OpenStream, { reason, resumption }: Cut): void {
  const { state } = draft;
  const record: RetryRecord = {
    ...placeOf(state),
    role,
    reason,
    ...(resumption?.by === "prompt" ? { prompted: true } : {}),
  };
  state.retries = [...state.retries, record];
  draft.events.push({ type: "stream-resumed", record });
}

/** Behind what the thought, or its answer, is gone on with. */
export function placeOf(state: ThoughtState): Pick<RetryRecord, "step" | "afterTokens"> {
  const { phase, steps, step, answerTokens } = state;
  return phase === "answer"
    ? { step: null, afterTokens: answerTokens }
    : { step: steps.length + 1, afterTokens: step.tokens + step.heldTokens };
}

/**
 * Before large's first word there is nothing to keep: it is asked as it was before, and writes the same blanks once more.
 * Those that came are paid for, and thrown away.
 */
function keepStep(state: ThoughtState, { purpose, spelled, keptBefore }: OpenStream): void {
  const { step } = state;
  if (purpose !== "step" && purpose !== "rest") return;
  if (step.route === "large" && !step.begun) {
    step.held = "";
    step.heldFrom = null;
    step.heldTokens = 0;
    step.dropped = "";
    // A stream that runs on has counted them as they came.
    step.tokens -= tokensSoFar(state) - keptBefore;
  } else if (purpose === "step") step.tokens += spelled;
}
