import { alignTokens, type TextPiece } from "../core/align-tokens.js";
import { RouteError } from "../core/route-error.js";
import { endStep, endThought, endTurn } from "./end-step.js";
import type { NextRequest } from "./next-request.js";
import { readAnswer } from "./read-answer.js";
import { readProbeEnd } from "./read-probe.js";
import { countWhole, handOff, readPiece } from "./read-step.js";
import type { RouteConfig } from "./route-config.js";
import type { RouteEvent } from "./route-event.js";
import type { Written } from "./step-writer.js";
import { decideRoute } from "./take-glimpse.js";
import { draftOf, leaveStream, type ThoughtDraft } from "./thought-draft.js";
import type { OpenStream, ThoughtState } from "./thought-state.js";

/** What a driver tells the reducer. `ms`: time since it told something last. */
export type ThoughtInput =
  | { readonly type: "request"; readonly request: NextRequest }
  | { readonly type: "out-of-room"; readonly reason: "budget" | "context" }
  | { readonly type: "written"; readonly written: Written; readonly ms: number }
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
 * @throws RouteError where the thought cannot go on; the state before the input still holds it
 */
export function reduceThought(
  config: RouteConfig,
  state: ThoughtState,
  input: ThoughtInput,
): Reduced {
  const draft = draftOf(config, state);
  if (input.type === "request") openStream(draft, input.request);
  else if (input.type === "out-of-room") endOutOfRoom(draft, input.reason);
  else if (input.type === "cut") cutStream(draft);
  else readWritten(draft, input.written, input.ms);
  return { state: draft.state, events: draft.events };
}

function openStream({ state }: ThoughtDraft, request: NextRequest): void {
  const { role, purpose, how, limitedBy } = request;
  state.requests = { ...state.requests, [role]: state.requests[role] + 1 };
  state.stream = {
    role,
    purpose,
    maxTokens: how.maxTokens,
    limitedBy,
    inputTokens: (state.rooms[role].promptTokens ?? 0) + state.thoughtTokens,
    held: "",
    heldFrom: null,
    textless: null,
    received: 0,
    usage: null,
    complete: false,
  };
}

function endOutOfRoom(draft: ThoughtDraft, reason: "budget" | "context"): void {
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

function readWritten(draft: ThoughtDraft, written: Written, ms: number): void {
  const { stream } = draft.state;
  if (stream === null) return;
  if (stream.purpose === "answer") draft.state.answerMs += ms;
  else draft.state.step.ms += ms;
  if (written.usage !== undefined) stream.usage = written.usage;
  if (written.type === "end") return readEnd(draft, stream, written.reason);
  stream.received += written.tokens.length || (written.text === "" ? 0 : 1);
  if (stream.purpose === "answer") return readAnswer(draft, written.text);
  if (!stream.complete) return readPieces(draft, stream, written);
  // The server goes on behind the delimiter: it knows no stop strings.
  if (written.text !== "") endWhole(draft);
}

function readPieces(
  draft: ThoughtDraft,
  stream: OpenStream,
  written: Extract<Written, { type: "text" }>,
): void {
  for (const piece of piecesOf(stream, written)) {
    if (draft.state.stream === null || stream.complete) return;
    if (stream.purpose === "probe") readProbe(draft, stream, piece);
    else readPiece(draft, piece);
  }
}

/** Tokens matter where a glimpse may be due; other requests are read as text. */
function piecesOf(
  stream: OpenStream,
  { text, tokens }: Extract<Written, { type: "text" }>,
): readonly TextPiece[] {
  if (stream.purpose === "step") return text === "" ? [] : [{ text, first: null, tokens: 0 }];
  const { pieces, textless } = alignTokens(stream.textless, text, tokens);
  stream.textless = textless;
  return pieces;
}

/** The step is whole, and there is no more to learn about it. */
function endWhole(draft: ThoughtDraft): void {
  countWhole(draft);
  leaveStream(draft);
  endStep(draft, "boundary");
}

/** A probe's token is thrown away unless it is blank: then it belongs to the boundary before. */
function readProbe(draft: ThoughtDraft, stream: OpenStream, piece: TextPiece): void {
  if (draft.state.step.route !== null) return;
  if (piece.text.trim() === "") {
    stream.held += piece.text;
    return;
  }
  decideRoute(draft, piece.first);
}

function readEnd(draft: ThoughtDraft, stream: OpenStream, reason: "stop" | "eos" | "length"): void {
  if (stream.purpose === "answer") return readAnswer(draft, "", reason);
  if (stream.purpose === "probe") return readProbeEnd(draft, stream, reason);
  if (stream.complete) return endWhole(draft);
  flushHeld(draft, stream);
  if (stream.purpose === "fused" && !draft.state.step.begun && reason !== "length") {
    return endAtGlimpse(draft, stream);
  }
  countWhole(draft);
  leaveStream(draft);
  if (reason === "length") return endAtLimit(draft, stream);
  if (reason === "stop" && stream.purpose === "step") return endAtStop(draft);
  endStep(draft, "eos", "eos");
}

/** What was held as the beginning of a tag was none. */
function flushHeld({ state }: ThoughtDraft, stream: OpenStream): void {
  if (stream.held.trim() !== "") {
    state.step.text += stream.held;
    state.step.begun = true;
    state.step.route ??= stream.role;
  }
  stream.held = "";
}

/** EOS where a step would begin is a glimpse like any other, if the server lists it. */
function endAtGlimpse(draft: ThoughtDraft, stream: OpenStream): void {
  const { textless } = stream;
  if (textless !== null && decideRoute(draft, textless.first) === "large") return handOff(draft);
  leaveStream(draft);
  endStep(draft, "eos", "eos");
}

function endAtLimit(draft: ThoughtDraft, stream: OpenStream): void {
  const written = stream.usage?.output_tokens ?? stream.received;
  // The server stopped before our own limit: its context is full.
  const limitedBy = written < stream.maxTokens ? "context" : stream.limitedBy;
  if (limitedBy === "step") return endTurn(draft);
  if (!draft.state.step.begun && stream.role === "small") return endThought(draft, limitedBy);
  endStep(draft, "length", limitedBy);
}

/** The router writes the delimiter, so that writers that keep the stop string and writers that drop it agree. */
function endAtStop(draft: ThoughtDraft): void {
  const { config, state } = draft;
  if (state.step.begun) {
    state.step.text += config.delimiter;
    return endStep(draft, "boundary");
  }
  if (state.step.unstopped) return endStep(draft, "eos", "eos");
  // The stop string came before the step's first character: ask again, and cut here.
  state.step.unstopped = true;
  state.step.tokens = 0;
}
