import { boundaryEnd } from "../core/step-boundary.js";
import type { EndingLimit } from "../core/thought-budget.js";
import { forgetBlanks } from "./before-words.js";
import { endStep, endThought, endTurn } from "./end-step.js";
import { handOff } from "./hand-over.js";
import type { OpenStream } from "./open-stream.js";
import { endReading } from "./point-reading.js";
import { readAnswer } from "./read-answer.js";
import { readProbeEnd } from "./read-probe.js";
import { countWhole, decideAtEnd, flushHeld, holdCloseTag, isLeft } from "./read-step.js";
import { endTurnInChat } from "./read-turn.js";
import { bookDiscarded } from "./spent.js";
import type { Role } from "./step-writer.js";
import { endStream, type ThoughtDraft } from "./thought-draft.js";

/** The step is whole, and there is no more to learn about it. */
export function endWhole(draft: ThoughtDraft): void {
  countWhole(draft);
  endStream(draft);
  endStep(draft, "boundary");
}

export function readEnd(
  draft: ThoughtDraft,
  stream: OpenStream,
  reason: "stop" | "eos" | "length" | "tool_calls",
): void {
  if (stream.purpose === "answer") return readAnswer(draft, "", reason);
  if (stream.purpose === "turn") return endTurnInChat(draft, stream, reason);
  const written = reason === "tool_calls" ? "eos" : reason;
  if (stream.purpose === "probe") return readProbeEnd(draft, stream, written);
  if (stream.complete) return endWhole(draft);
  return readStepEnd(draft, stream, written);
}

function readStepEnd(
  draft: ThoughtDraft,
  stream: OpenStream,
  reason: "stop" | "eos" | "length",
): void {
  const limit = reason === "length" ? limitOf(stream) : null;
  if (limit === "step") return endCappedTurn(draft);
  // Of a request for all steps to come: a model that is prompted writes one, where small is out.
  const isOne = stream.purpose === "step" || draft.state.degraded?.role === "small";
  const isStop = reason === "stop" && isOne;
  if (isStop) forgetBlanks(draft.state.step);
  if (flushHeld(draft)) return;
  if (draft.state.step.begun && isLeft(draft, endReading(draft))) return;
  if (limit === null && isGlimpsed(draft)) return endAtGlimpse(draft, stream);
  countWhole(draft);
  endStream(draft);
  if (limit !== null) return endAtLimit(draft, stream.role, limit);
  if (isStop) return endAtStop(draft);
  endStep(draft, "eos", "eos");
}

/** Would the next token have been a glimpse? */
function isGlimpsed({ state: { stream, step } }: ThoughtDraft): boolean {
  return stream?.purpose === "fused" && !step.begun && step.route === null;
}

/** EOS where a step would begin is a glimpse like any other, if the server lists it. */
function endAtGlimpse(draft: ThoughtDraft, stream: OpenStream): void {
  const { textless } = stream;
  if (textless !== null && decideAtEnd(draft, textless.first) === "large") {
    draft.state.step.route = "large";
    return handOff(draft);
  }
  endStream(draft);
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
  endStream(draft);
  endTurn(draft);
}

function endAtLimit(draft: ThoughtDraft, role: Role, limit: EndingLimit): void {
  if (!draft.state.step.begun && role === "small") return endThought(draft, limit);
  endStep(draft, "length", limit);
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
  bookDiscarded(state, "large", state.step.tokens - state.step.part.tokens);
  state.step.tokens = state.step.part.tokens;
}
