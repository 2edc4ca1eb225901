import { alignTokens, listedToken, type TextlessTokens } from "../core/align-tokens.js";
import { splitHalfCharacter } from "../core/half-character.js";
import type { EndingLimit } from "../core/thought-budget.js";
import type { Aside } from "./aside.js";
import { closeInTime } from "./close-in-time.js";
import { believed, believedHalf, countWritten, runsOn, textTokens } from "./count-written.js";
import type { Cut } from "./cut.js";
import { cutStream } from "./cut-stream.js";
import { endStep, endThought } from "./end-step.js";
import type { NextRequest } from "./next-request.js";
import type { OpenStream } from "./open-stream.js";
import { readAnswer } from "./read-answer.js";
import { endWhole, readEnd } from "./read-end.js";
import { readProbe } from "./read-probe.js";
import { flushHeld, readPiece } from "./read-step.js";
import { beginTurn, readTurn } from "./read-turn.js";
import { readVerdict } from "./read-verdict.js";
import { readWatched } from "./read-watched.js";
import type { RouteConfig } from "./route-config.js";
import type { RouteEvent } from "./route-event.js";
import { bookWarmed, type Warmed } from "./spent.js";
import type { StepRecord } from "./step-record.js";
import type { Answered, Written } from "./step-writer.js";
import { draftOf, type ThoughtDraft } from "./thought-draft.js";
import { type ThoughtState, tokensSoFar } from "./thought-state.js";
import type { Verdict } from "./verification.js";
import { keepBehind } from "./waiting.js";

/** What a driver tells the reducer. `ms`: time since it told something last. */
export type ThoughtInput =
  | { readonly type: "request"; readonly request: NextRequest }
  | { readonly type: "out-of-room"; readonly reason: EndingLimit }
  | { readonly type: "written"; readonly written: Answered<unknown>; readonly ms: number }
  /** The stream ended before its end. */
  | ({ readonly type: "cut"; readonly ms: number } & Cut)
  /** The time of the thought is over: it is closed where it stands. Not while it waits. */
  | { readonly type: "out-of-time" }
  /** What was said of the step that waits for it. */
  | { readonly type: "judged"; readonly verdict: Verdict }
  /** How sure small is of the answer. */
  | { readonly type: "watched"; readonly said: Aside }
  /** A server has read the thought before its model's turn, or was left in the middle of it. */
  | ({ readonly type: "warmed" } & Warmed);

export interface Reduced {
  readonly state: ThoughtState;
  readonly events: readonly RouteEvent[];
}

/**
 * The algorithm: what an input makes of a thought (design: "The loop, exactly"). Pure; a state in plain
 * JSON goes in and comes out. When `state.stream` is gone, the driver aborts the request and asks
 * `nextRequest`.
 *
 * @param keepsNoOther - the driver lets go of `state`: the list of steps is not copied for each of them, which
 * would make a token dearer the longer a thought is; where it fails, a step that ended on the way did not
 * @throws RouteError where the thought cannot go on; the state before the input still holds it
 */
export function reduceThought(
  config: RouteConfig,
  state: ThoughtState,
  input: ThoughtInput,
  keepsNoOther = false,
): Reduced {
  const draft = draftOf(config, state, keepsNoOther);
  const steps = state.steps.length;
  try {
    readInput(draft, input);
  } catch (error) {
    if (keepsNoOther) (state.steps as StepRecord[]).length = steps;
    throw error;
  }
  return draft;
}

function readInput(draft: ThoughtDraft, input: ThoughtInput): void {
  if (input.type === "request") openStream(draft, input.request);
  else if (input.type === "out-of-room") endOutOfRoom(draft, input.reason);
  else if (input.type === "cut") readCut(draft, input);
  else if (input.type === "out-of-time") closeInTime(draft);
  else if (input.type === "judged") readVerdict(draft, input.verdict);
  else if (input.type === "watched") readWatched(draft, input.said);
  else if (input.type === "warmed") bookWarmed(draft.state, input);
  else readWritten(draft, input.written, input.ms);
}

function openStream(draft: ThoughtDraft, request: NextRequest): void {
  const { state } = draft;
  const { role, purpose, how, limitedBy } = request;
  if (purpose === "turn") beginTurn(draft);
  const keptBefore = tokensSoFar(state);
  state.requests = { ...state.requests, [role]: state.requests[role] + 1 };
  state.stream = {
    role,
    purpose,
    maxTokens: how.maxTokens,
    limitedBy,
    inputTokens: (state.rooms[role].promptTokens ?? 0) + keptBefore,
    keptBefore,
    textless: null,
    events: 0,
    received: 0,
    spelled: 0,
    listed: true,
    usage: null,
    half: "",
    textlessAtEnd: 0,
    complete: false,
  };
}

function endOutOfRoom(draft: ThoughtDraft, reason: EndingLimit): void {
  flushHeld(draft);
  if (draft.state.step.begun) endStep(draft, "length", reason);
  else endThought(draft, reason);
}

function readWritten(draft: ThoughtDraft, written: Answered<unknown>, ms: number): void {
  const { state } = draft;
  const { stream } = state;
  if (stream === null) return;
  countTime(draft, stream, ms);
  if (written.usage !== undefined) {
    const { contextSize } = state.rooms[stream.role];
    stream.usage = believed(written.usage, { maxTokens: stream.maxTokens, contextSize });
  }
  if (written.type === "end") return readWrittenEnd(draft, stream, written);
  const { within, isOver } = countWritten(stream, written);
  if (within !== null) readItem(draft, stream, within);
  // The server does not keep to `max_tokens`: the request is closed as if it had.
  if (isOver && state.stream !== null) endOverrun(draft, stream);
}

function readCut(draft: ThoughtDraft, { ms, ...cut }: Cut & { readonly ms: number }): void {
  const { stream } = draft.state;
  if (stream === null) return;
  countTime(draft, stream, ms);
  cutStream(draft, stream, cut);
}

function countTime({ state }: ThoughtDraft, { purpose }: OpenStream, ms: number): void {
  if (purpose === "answer") state.answerMs += ms;
  else state.step.ms += ms;
}

function endOverrun(draft: ThoughtDraft, stream: OpenStream): void {
  const { state } = draft;
  if (state.waits === null) readEnd(draft, stream, "length");
  else state.waits = { ...state.waits, isOver: true };
}

/** Half a character is left out where a limit cut it in two; else it is what the model wrote. */
function readWrittenEnd(
  draft: ThoughtDraft,
  stream: OpenStream,
  written: Extract<Answered<unknown>, { type: "end" }>,
): void {
  if (written.reason === "length") stream.textlessAtEnd = believedHalf(written.textless);
  else if (stream.half !== "") readText(draft, stream, { text: stream.half, tokens: [] });
  if (draft.state.stream !== null) readEnd(draft, stream, written.reason);
}

function readItem(
  draft: ThoughtDraft,
  stream: OpenStream,
  written: Exclude<Answered<unknown>, { type: "end" }>,
): void {
  if (written.type === "part") {
    draft.events.push({ type: "answer-part", part: written.part });
    return;
  }
  if (written.tokens.length === 0 && written.text !== "") stream.listed = false;
  const [text, half] = splitHalfCharacter(stream.half + written.text);
  stream.half = half;
  if (text !== "" && !runsOn(stream)) stream.spelled = textTokens(stream);
  readText(draft, stream, { text, tokens: written.tokens });
}

type ListedText = Pick<Extract<Written, { type: "text" }>, "text" | "tokens">;

function readText(draft: ThoughtDraft, stream: OpenStream, written: ListedText): void {
  if (stream.purpose === "answer") return readAnswer(draft, written.text);
  if (stream.purpose === "turn") return readTurn(draft, written.text);
  if (!stream.complete) return readPieces(draft, stream, written);
  // The server goes on behind the delimiter: it knows no stop strings.
  if (written.text !== "") endWhole(draft);
}

function readPieces(draft: ThoughtDraft, stream: OpenStream, written: ListedText): void {
  // Tokens matter where a glimpse may be due; other requests are read as text.
  const tokens = stream.purpose === "step" ? [] : written.tokens;
  const { pieces, textless } = alignTokens(stream.textless, written.text, tokens);
  // Text that no token is listed for counts as one, as everywhere.
  const least = tokens.length === 0 && stream.textless === null ? 1 : 0;
  for (const piece of pieces) {
    if (draft.state.stream === null || stream.complete) return;
    const counted = { ...piece, tokens: Math.max(piece.tokens, least) };
    if (stream.purpose === "probe") readProbe(draft, piece);
    else if (draft.state.waits !== null) keepBehind(draft, [counted]);
    else readPiece(draft, counted);
  }
  stream.textless = textless === null ? null : keptTextless(draft, textless);
}

/** Candidates are kept only where they may be a glimpse: where nobody looks nothing is wrong with odd ones. */
function keptTextless(
  { state: { step, waits } }: ThoughtDraft,
  { first, count }: TextlessTokens,
): TextlessTokens {
  // Behind the place where a thought waits the next step begins.
  const isSeen = !step.begun || step.reading !== null || waits !== null;
  return { first: isSeen ? listedToken(first) : { token: first.token, top: [] }, count };
}
