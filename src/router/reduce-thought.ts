import { alignTokens, listedToken, type TextlessTokens } from "../core/align-tokens.js";
import { splitHalfCharacter } from "../core/half-character.js";
import { RouteError } from "../core/route-error.js";
import { boundaryEnd } from "../core/step-boundary.js";
import { believed, believedHalf, countWritten } from "./count-written.js";
import { endStep, endThought, endTurn } from "./end-step.js";
import { handOff } from "./hand-over.js";
import type { NextRequest } from "./next-request.js";
import { endReading } from "./point-reading.js";
import { readAnswer } from "./read-answer.js";
import { readProbe, readProbeEnd } from "./read-probe.js";
import {
  countWhole,
  decideAtEnd,
  flushHeld,
  holdCloseTag,
  isLeft,
  readPiece,
} from "./read-step.js";
import { beginTurn, endTurnInChat, readTurn } from "./read-turn.js";
import type { RouteConfig } from "./route-config.js";
import type { RouteEvent } from "./route-event.js";
import type { Answered, Role, Written } from "./step-writer.js";
import { changeState, draftOf, leaveStream, type ThoughtDraft } from "./thought-draft.js";
import { type OpenStep, type OpenStream, type ThoughtState, tokensSoFar } from "./thought-state.js";

/** What a driver tells the reducer. `ms`: time since it told something last. */
export type ThoughtInput =
  | { readonly type: "request"; readonly request: NextRequest }
  | { readonly type: "out-of-room"; readonly reason: "budget" | "context" }
  | { readonly type: "written"; readonly written: Answered<unknown>; readonly ms: number }
  /** The stream ended without saying why. */
  | { readonly type: "cut" };

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
 * would make a token dearer the longer a thought is
 * @throws RouteError where the thought cannot go on; the state before the input still holds it
 */
export function reduceThought(
  config: RouteConfig,
  state: ThoughtState,
  input: ThoughtInput,
  keepsNoOther = false,
): Reduced {
  return changeState(draftOf(config, state, keepsNoOther), state, (draft) =>
    readInput(draft, input),
  );
}

function readInput(draft: ThoughtDraft, input: ThoughtInput): void {
  if (input.type === "request") openStream(draft, input.request);
  else if (input.type === "out-of-room") endOutOfRoom(draft, input.reason);
  else if (input.type === "cut") cutStream(draft);
  else readWritten(draft, input.written, input.ms);
}

function openStream(draft: ThoughtDraft, request: NextRequest): void {
  const { state } = draft;
  const { role, purpose, how, limitedBy } = request;
  if (purpose === "turn") beginTurn(draft);
  state.requests = { ...state.requests, [role]: state.requests[role] + 1 };
  state.stream = {
    role,
    purpose,
    maxTokens: how.maxTokens,
    limitedBy,
    inputTokens: (state.rooms[role].promptTokens ?? 0) + tokensSoFar(state),
    textless: null,
    events: 0,
    received: 0,
    listed: true,
    usage: null,
    half: "",
    textlessAtEnd: 0,
    complete: false,
  };
}

function endOutOfRoom(draft: ThoughtDraft, reason: "budget" | "context"): void {
  flushHeld(draft);
  if (draft.state.step.begun) endStep(draft, "length", reason);
  else endThought(draft, reason);
}

function cutStream(draft: ThoughtDraft): void {
  const { stream } = draft.state;
  // The step was whole: what is missing is only the server's last word on usage.
  if (stream?.complete === true) return endWhole(draft);
  throw new RouteError(
    "stream_cut",
    `The ${stream?.role ?? ""} model's stream ended without a finish reason: it was cut, and the text is incomplete. Look at the server's log; start llama-cpp-python with --interrupt_requests False.`,
  );
}

function readWritten(draft: ThoughtDraft, written: Answered<unknown>, ms: number): void {
  const { state } = draft;
  const { stream } = state;
  if (stream === null) return;
  if (stream.purpose === "answer") state.answerMs += ms;
  else state.step.ms += ms;
  if (written.usage !== undefined) {
    const { contextSize } = state.rooms[stream.role];
    stream.usage = believed(written.usage, { maxTokens: stream.maxTokens, contextSize });
  }
  if (written.type === "end") return readWrittenEnd(draft, stream, written);
  const { within, isOver } = countWritten(stream, written);
  if (within !== null) readItem(draft, stream, within);
  // The server does not keep to `max_tokens`: the request is closed as if it had.
  if (isOver && state.stream !== null) readEnd(draft, stream, "length");
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
    if (stream.purpose === "probe") readProbe(draft, piece);
    else readPiece(draft, { ...piece, tokens: Math.max(piece.tokens, least) });
  }
  stream.textless = textless === null ? null : keptTextless(textless, draft.state.step);
}

/** Candidates are kept only where they may be a glimpse: in mid-step nothing is wrong with odd ones. */
function keptTextless({ first, count }: TextlessTokens, { begun }: OpenStep): TextlessTokens {
  return { first: begun ? { token: first.token, top: [] } : listedToken(first), count };
}

/** The step is whole, and there is no more to learn about it. */
function endWhole(draft: ThoughtDraft): void {
  countWhole(draft);
  leaveStream(draft);
  endStep(draft, "boundary");
}

function readEnd(
  draft: ThoughtDraft,
  stream: OpenStream,
  reason: "stop" | "eos" | "length" | "tool_calls",
): void {
  if (stream.purpose === "answer") return readAnswer(draft, "", reason);
  if (stream.purpose === "turn") return endTurnInChat(draft, stream, reason);
  if (reason === "tool_calls") return readEnd(draft, stream, "eos");
  if (stream.purpose === "probe") return readProbeEnd(draft, stream, reason);
  if (stream.complete) return endWhole(draft);
  const limit = reason === "length" ? limitOf(stream) : null;
  if (limit === "step") return endCappedTurn(draft);
  const isStop = reason === "stop" && stream.purpose === "step";
  if (isStop) forgetBlanks(draft);
  if (flushHeld(draft)) return;
  const { step } = draft.state;
  if (step.begun && isLeft(draft, endReading(draft))) return;
  if (stream.purpose === "fused" && !step.begun && step.route === null && limit === null) {
    return endAtGlimpse(draft, stream);
  }
  countWhole(draft);
  leaveStream(draft);
  if (limit !== null) return endAtLimit(draft, stream.role, limit);
  if (isStop) return endAtStop(draft);
  endStep(draft, "eos", "eos");
}

/** EOS where a step would begin is a glimpse like any other, if the server lists it. */
function endAtGlimpse(draft: ThoughtDraft, stream: OpenStream): void {
  const { textless } = stream;
  if (textless !== null && decideAtEnd(draft, textless.first) === "large") {
    draft.state.step.route = "large";
    return handOff(draft);
  }
  leaveStream(draft);
  endStep(draft, "eos", "eos");
}

/** Which limit ended a stream. Before our own: the server's context is full. An estimated count cannot tell. */
function limitOf(stream: OpenStream): OpenStream["limitedBy"] {
  const written = stream.usage?.text_tokens ?? (stream.listed ? stream.received : null);
  return written !== null && written < stream.maxTokens ? "context" : stream.limitedBy;
}

/** What may begin a closing tag stays held: small goes on behind it, and may complete the tag. */
function endCappedTurn(draft: ThoughtDraft): void {
  if (!draft.state.step.begun) {
    flushHeld(draft);
    holdCloseTag(draft);
  }
  countWhole(draft);
  leaveStream(draft);
  endTurn(draft);
}

function endAtLimit(draft: ThoughtDraft, role: Role, limit: "budget" | "context"): void {
  if (!draft.state.step.begun && role === "small") return endThought(draft, limit);
  endStep(draft, "length", limit);
}

/** Blanks by large that a stop string came behind: they are asked for once more, with what follows them. */
function forgetBlanks({ state: { step } }: ThoughtDraft): void {
  if (step.route === "large" && !step.begun && step.held.trim() === "") step.held = "";
}

/** The router writes the delimiter, so that writers that keep the stop string and writers that drop it agree. */
function endAtStop(draft: ThoughtDraft): void {
  const { config, state } = draft;
  if (state.step.begun) {
    // Cut at the boundary: where a capped turn ended in half a delimiter, the other half is enough.
    const text = state.step.text + config.delimiter;
    state.step.text = text.slice(0, boundaryEnd(text, config.delimiter));
    return endStep(draft, "boundary");
  }
  if (state.step.unstopped) return endStep(draft, "eos", "eos");
  // The stop string came before the step's first character: ask again, and cut here.
  state.step.unstopped = true;
  state.step.tokens = 0;
}
