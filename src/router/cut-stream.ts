import { RouteError } from "../core/route-error.js";
import { runsOn } from "./count-written.js";
import type { Cut, RetryRecord } from "./cut.js";
import type { OpenStream } from "./open-stream.js";
import { endReading } from "./point-reading.js";
import { endWhole, readEnd } from "./read-end.js";
import { isLeft } from "./read-step.js";
import { endStream, leaveStream, type ThoughtDraft } from "./thought-draft.js";

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
    // All that was asked for has come: so it ended there, whatever the server meant to say of it.
    return isSpent(draft, stream) ? readEnd(draft, stream, "length") : resume(draft, stream, cut);
  }
  // An open decision falls by what there is: where large goes on, small's stream is not missed.
  if (draft.state.step.begun && isLeft(draft, endReading(draft))) return;
  throw new RouteError(
    "stream_cut",
    `The ${stream.role} model's stream ${HOW[cut.reason]}: it was cut, and the text is incomplete. Look at the server's log; start llama-cpp-python with --interrupt_requests False.`,
  );
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
  if (state.retries.filter((retry) => retry.role === role).length >= resumption.retries)
    return false;
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

function resume(draft: ThoughtDraft, stream: OpenStream, { reason, resumption }: Cut): void {
  const { state } = draft;
  const { role, purpose } = stream;
  const isAnswer = purpose === "answer";
  if (isAnswer) state.answerTokens += stream.spelled;
  else keepStep(draft, stream);
  const record: RetryRecord = {
    step: isAnswer ? null : state.steps.length + 1,
    role,
    reason,
    afterTokens: isAnswer ? state.answerTokens : state.step.tokens + state.step.heldTokens,
    ...(resumption?.by === "prompt" ? { prompted: true } : {}),
  };
  // An answer is no part of the thought, by which is told what a stream was left with.
  if (isAnswer) endStream(draft);
  else leaveStream(draft);
  state.retries = [...state.retries, record];
  draft.events.push({ type: "stream-resumed", record });
}

/** Before large's first word there is nothing to keep: it is asked as it was before. */
function keepStep({ state: { step } }: ThoughtDraft, { purpose, spelled }: OpenStream): void {
  if (purpose !== "step") return;
  if (step.route === "large" && !step.begun) {
    step.held = "";
    step.heldFrom = null;
  } else step.tokens += spelled;
}
