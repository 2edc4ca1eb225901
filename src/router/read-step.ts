import { type ListedToken, listedToken, type TextPiece } from "../core/align-tokens.js";
import type { Ask } from "../core/points/glimpse-point.js";
import type { Route } from "../core/route-policy.js";
import {
  delimiterEnd,
  firstNonBlank,
  heldTagLength,
  tailOf,
  withoutLineBreaks,
} from "../core/step-boundary.js";
import { dropLineBreaks, keepBlanks, swallowTag } from "./before-words.js";
import { closeEarly, isDone } from "./close-early.js";
import { runsOn, textTokens } from "./count-written.js";
import { isSmallAlone } from "./degraded.js";
import { emitText, endStep } from "./end-step.js";
import { handOff, handOver, withoutOpenTag } from "./hand-over.js";
import { endReading, openReading, queueToken, readCertain } from "./point-reading.js";
import { requireCandidates } from "./require-candidates.js";
import { forceLarge, takeGlimpse } from "./take-glimpse.js";
import type { ThoughtDraft } from "./thought-draft.js";
import type { UnreadToken } from "./thought-state.js";
import { boundJudged, isRead, keepBehind } from "./waiting.js";

/**
 * Reads one piece of a stream into the step under way. A piece may end a step and begin the next one: what
 * follows a boundary inside a token came with that token, so its distribution is the next step's glimpse.
 */
export function readPiece(draft: ThoughtDraft, piece: TextPiece): void {
  const { state } = draft;
  let rest = piece.text;
  if (!state.step.begun) {
    const isBlank = firstNonBlank(rest) === -1;
    if (isBlank) requireListed(draft, piece);
    rest = beginStep(draft, rest, piece.first, state.step.heldTokens + piece.tokens);
    // Handed off: the piece is dropped and does not count.
    if (state.stream === null) return;
    if (rest === "" && !isBlank) return holdTokens(draft, piece.tokens);
  } else {
    queueToken(draft, piece);
  }
  countTokens(draft, piece.tokens);
  const inside = piece.tokens <= 1 ? piece.first : null;
  while (rest !== "" && isRead(draft)) {
    // Behind a boundary inside a token: it counts in the step before.
    rest = state.step.begun ? continueStep(draft, rest) : beginStep(draft, rest, inside, 0);
  }
  if (rest !== "") keepBehind(draft, [{ text: rest, first: inside, tokens: 0 }]);
}

/** Blanks before a glimpse: a server that lists nothing for them will not for the glimpse. */
function requireListed(draft: ThoughtDraft, { first, tokens }: TextPiece): void {
  if (tokens > 0 && isGlimpsed(draft)) requireCandidates(draft, first);
}

/** Does the step's first word decide who writes it? Not where small goes on behind a capped turn of large. */
function isGlimpsed({ state: { stream, step } }: ThoughtDraft): boolean {
  return stream?.purpose === "fused" && step.route === null;
}

/** A stream that runs on counts the tokens that it keeps; other requests are counted as a whole. */
function countTokens({ state: { stream, step } }: ThoughtDraft, tokens: number): void {
  step.tokens += step.heldTokens + (runsOn(stream) ? tokens : 0);
  step.heldTokens = 0;
}

/**
 * What may be an opening tag counts when it turns out to be none; a whole one is gone. That of a request that is counted as
 * a whole is in that count.
 */
function holdTokens({ state: { stream, step } }: ThoughtDraft, tokens: number): void {
  const held = runsOn(stream) ? tokens : 0;
  step.heldTokens = step.held === "" ? 0 : step.heldTokens + held;
}

/**
 * Reads up to the first character of a step. Returns what is left of `text`, from that character on.
 *
 * @param first - the token that `text` came with
 * @param tokens - how many the step gains with it
 */
function beginStep(
  draft: ThoughtDraft,
  text: string,
  first: ListedToken | null,
  tokens: number,
): string {
  const { config, state } = draft;
  const { stream, step } = state;
  if (stream === null) return "";
  const whole = step.held + text;
  const begin = firstNonBlank(whole);
  if (begin === -1) {
    keepBlanks(step, whole);
    return "";
  }
  const glimpsed = step.held === "" ? first : step.heldFrom;
  const rest = whole.slice(begin);
  step.held = "";
  step.heldFrom = null;
  const open = config.thinking === false ? "" : config.thinking.open;
  // A model may open the thought once more: the tag is swallowed, and what follows begins the step.
  if (open !== "" && rest.startsWith(open)) {
    swallowTag(step, whole.slice(0, begin), open);
    return rest.slice(open.length);
  }
  if (open.startsWith(rest)) {
    step.held = whole;
    step.heldFrom = glimpsed === null ? null : listedToken(glimpsed);
    return "";
  }
  const lead = whole.slice(0, begin);
  const unread = { text: rest, at: step.text.length + begin, tokens, listed: glimpsed };
  if (isGlimpsed(draft) && isDone(draft, glimpsed)) {
    closeEarly(draft, whole);
    return "";
  }
  if (isGlimpsed(draft) && decideRoute(draft, unread) === "large") {
    handOff(draft, whole);
    return "";
  }
  takeLead(draft, lead);
  return rest;
}

/** The step has its first word: what stands before it. */
function takeLead({ config, state }: ThoughtDraft, lead: string): void {
  const { stream, step } = state;
  step.text += step.route === "large" ? dropLineBreaks(step, lead) : lead;
  if (stream?.purpose === "rest") step.route = "large";
  step.begun = true;
  // A step is judged once: what large could not end in its turn, small may.
  if (config.verify?.when !== "always" || isSmallAlone(state)) return;
  if (step.route !== "small" || step.verified !== null) return;
  step.judgedFrom = { cut: step.part.from, tokensBefore: step.tokens, untilEnd: false };
}

/**
 * Who writes the step that begins, as far as its first token tells: a point is only opened, and may hand over
 * later.
 */
function decideRoute(draft: ThoughtDraft, first: UnreadToken): Route {
  const { config, state } = draft;
  if (config.point === undefined) return takeGlimpse(draft, first.listed, first.at);
  if (!state.forced || isSmallAlone(state)) openReading(draft, config.point, first);
  else forceLarge(draft, first.at);
  return state.step.route ?? "small";
}

/** EOS where a step would begin: a glimpse like any other. */
export function decideAtEnd(draft: ThoughtDraft, listed: ListedToken): Route {
  const at = draft.state.step.text.length;
  if (decideRoute(draft, { text: "", at, tokens: 0, listed }) === "large") return "large";
  return endReading(draft) === null ? "small" : "large";
}

/**
 * Reads into a step that has begun. Returns what follows its boundary, `""` where it is still open. Only the
 * end of the step is looked at: a look at all of a long one, for every token, would take ever longer.
 */
function continueStep(draft: ThoughtDraft, text: string): string {
  const { config, state } = draft;
  const { stream, step } = state;
  if (stream === null) return "";
  const rest = step.held + text;
  step.held = "";
  const close = config.thinking === false ? "" : config.thinking.close;
  const closeAt = close === "" ? -1 : rest.indexOf(close);
  const end = delimiterEnd(step.tail, rest, config.delimiter);
  if (closeAt !== -1 && (end === -1 || closeAt < end - config.delimiter.length)) {
    step.text += rest.slice(0, closeAt);
    endAtTag(draft);
    return "";
  }
  if (end !== -1) {
    const ended = rest.slice(0, end);
    step.text += ended;
    return endAtBoundary(draft, ended) ? rest.slice(end) : "";
  }
  const certain = rest.length - (close === "" ? 0 : heldTagLength(rest, close));
  const added = rest.slice(0, certain);
  step.text += added;
  step.held = rest.slice(certain);
  step.tail = tailOf(step.tail + added, config.delimiter);
  if (isLeft(draft, readCertain(draft))) return "";
  boundJudged(draft);
  emitText(draft, added);
  return "";
}

function endAtTag(draft: ThoughtDraft): void {
  if (isLeft(draft, endReading(draft))) return;
  countWhole(draft);
  endStep(draft, "close", "closed");
}

/** @returns false where large takes the step over: what follows is dropped */
function endAtBoundary(draft: ThoughtDraft, added: string): boolean {
  if (isLeft(draft, endReading(draft))) return false;
  if (runsOn(draft.state.stream)) endStep(draft, "boundary");
  else completeStep(draft, added);
  return true;
}

/** Large takes over where an ask cuts the step. */
export function isLeft(draft: ThoughtDraft, ask: Ask | null): boolean {
  if (ask === null) return false;
  handOver(draft, ask);
  return true;
}

/** Holds back what may begin a closing tag, at the end of a step's text. */
export function holdCloseTag({ config, state: { step } }: ThoughtDraft): void {
  if (config.thinking === false) return;
  const certain = step.text.length - heldTagLength(step.text, config.thinking.close);
  step.held = step.text.slice(certain);
  step.text = step.text.slice(0, certain);
}

/**
 * The stream is over: what was held as the beginning of a tag was none, and may be a step's first token.
 *
 * @returns true where its glimpse hands the step to large
 */
export function flushHeld(draft: ThoughtDraft): boolean {
  const { step } = draft.state;
  if (step.begun) {
    step.text += step.held;
  } else {
    const rest = withoutOpenTag(draft, step.held);
    if (firstNonBlank(rest) !== -1) {
      const at = step.text.length + firstNonBlank(rest);
      const unread = { text: rest.trimStart(), at, tokens: step.heldTokens, listed: step.heldFrom };
      if (draft.state.phase === "rest") step.route = "large";
      if (step.route === null && decideRoute(draft, unread) === "large") {
        handOff(draft);
        return true;
      }
      step.begun = true;
      step.tokens += step.heldTokens;
    }
    step.text += step.route === "large" ? withoutLineBreaks(rest) : rest;
  }
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
  return false;
}

/** The step is whole, but the server has not said what it cost. */
function completeStep(draft: ThoughtDraft, added: string): void {
  emitText(draft, added);
  if (draft.state.stream !== null) draft.state.stream.complete = true;
}

/** Counts a request that wrote one step. */
export function countWhole({ state }: ThoughtDraft): void {
  const { stream, step } = state;
  if (stream === null || runsOn(stream)) return;
  step.tokens += textTokens(stream);
}
