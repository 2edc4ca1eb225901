import { type ListedToken, listedToken, type TextPiece } from "../core/align-tokens.js";
import {
  delimiterEnd,
  firstNonBlank,
  heldTagLength,
  leadingBlanks,
  tailOf,
  withoutLineBreaks,
} from "../core/step-boundary.js";
import { textTokens } from "./count-written.js";
import { emitText, endStep } from "./end-step.js";
import { decideRoute, requireCandidates } from "./take-glimpse.js";
import { leaveStream, type ThoughtDraft } from "./thought-draft.js";

/**
 * Reads one piece of a stream into the step under way. A piece may end a step and begin the next one: what
 * follows a boundary inside a token came with that token, so its distribution is the next step's glimpse.
 */
export function readPiece(draft: ThoughtDraft, piece: TextPiece): void {
  const { state } = draft;
  let rest = piece.text;
  if (!state.step.begun) {
    const isBlank = firstNonBlank(rest) === -1;
    if (isBlank && isGlimpsed(draft)) requireCandidates(draft, piece.first);
    rest = beginStep(draft, rest, piece.first);
    // Handed off: the piece is dropped and does not count.
    if (state.stream === null) return;
    if (rest === "" && !isBlank) return holdTokens(draft, piece.tokens);
  }
  countTokens(draft, piece.tokens);
  const inside = piece.tokens === 1 ? piece.first : null;
  while (rest !== "" && state.stream !== null && !state.stream.complete) {
    rest = state.step.begun ? continueStep(draft, rest) : beginStep(draft, rest, inside);
  }
}

/** Does the step's first word decide who writes it? Not where small goes on behind a capped turn of large. */
function isGlimpsed({ state: { stream, step } }: ThoughtDraft): boolean {
  return stream?.purpose === "fused" && step.route === null;
}

/** A fused stream counts the tokens that it keeps; other requests are counted as a whole. */
function countTokens({ state: { stream, step } }: ThoughtDraft, tokens: number): void {
  step.tokens += step.heldTokens + (stream?.purpose === "fused" ? tokens : 0);
  step.heldTokens = 0;
}

/** What may be an opening tag counts when it turns out to be none; a whole one is gone. */
function holdTokens({ state: { step } }: ThoughtDraft, tokens: number): void {
  step.heldTokens = step.held === "" ? 0 : step.heldTokens + tokens;
}

/**
 * Reads up to the first character of a step. Returns what is left of `text`, from that character on.
 *
 * @param first - the token that `text` came with
 */
function beginStep(draft: ThoughtDraft, text: string, first: ListedToken | null): string {
  const { config, state } = draft;
  const { stream, step } = state;
  if (stream === null) return "";
  const whole = step.held + text;
  const begin = firstNonBlank(whole);
  if (begin === -1) {
    keepBlanks(draft, whole);
    return "";
  }
  const glimpsed = step.held === "" ? first : step.heldFrom;
  const rest = whole.slice(begin);
  step.held = "";
  step.heldFrom = null;
  const open = config.thinking === false ? "" : config.thinking.open;
  // A model may open the thought once more: the tag is swallowed, and what follows begins the step.
  if (open !== "" && rest.startsWith(open)) {
    if (step.route !== "large") step.text += whole.slice(0, begin);
    step.heldTokens = 0;
    return rest.slice(open.length);
  }
  if (open.startsWith(rest)) {
    step.held = whole;
    step.heldFrom = glimpsed === null ? null : listedToken(glimpsed);
    return "";
  }
  if (isGlimpsed(draft) && decideRoute(draft, glimpsed) === "large") {
    handOff(draft, whole);
    return "";
  }
  const lead = whole.slice(0, begin);
  step.text += step.route === "large" ? withoutLineBreaks(lead) : lead;
  step.begun = true;
  return rest;
}

/**
 * Blanks before a step's first word. Small's belong to the boundary. Of large's the line breaks do, and are
 * dropped; whether the others are text, or stand before a line break, what follows them tells.
 */
function keepBlanks({ state: { step } }: ThoughtDraft, blanks: string): void {
  step.held = step.route === "large" ? withoutLineBreaks(blanks) : "";
  if (step.route !== "large") step.text += blanks;
}

/**
 * Leaves the step to large: the glimpsed token is dropped, and the blanks on its line; line breaks stay.
 *
 * @param held - what is not yet part of the step, up to and with the glimpsed token
 */
export function handOff(draft: ThoughtDraft, held = draft.state.step.held): void {
  const { step } = draft.state;
  const lead = step.text + leadingBlanks(withoutOpenTag(draft, held));
  step.text = lead.slice(0, lead.lastIndexOf("\n") + 1);
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
  // What small wrote of the boundary is part of the thought, not of the step by large.
  draft.state.thoughtTokens += step.tokens;
  step.tokens = 0;
  leaveStream(draft);
  draft.state.phase = "large";
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
    countWhole(draft);
    endStep(draft, "close", "closed");
    return "";
  }
  if (end !== -1) {
    const ended = rest.slice(0, end);
    step.text += ended;
    if (stream.purpose === "fused") endStep(draft, "boundary");
    else completeStep(draft, ended);
    return rest.slice(end);
  }
  const certain = rest.length - (close === "" ? 0 : heldTagLength(rest, close));
  const added = rest.slice(0, certain);
  step.text += added;
  step.held = rest.slice(certain);
  step.tail = tailOf(step.tail + added, config.delimiter);
  emitText(draft, added);
  return "";
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
      if (step.route === null && decideRoute(draft, step.heldFrom) === "large") {
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

/** What was held before a step's first word, without an opening tag that was written once more. */
function withoutOpenTag({ config }: ThoughtDraft, held: string): string {
  return config.thinking === false ? held : held.replace(config.thinking.open, "");
}

/** The step is whole, but the server has not said what it cost. */
function completeStep(draft: ThoughtDraft, added: string): void {
  emitText(draft, added);
  if (draft.state.stream !== null) draft.state.stream.complete = true;
}

/** Counts a request that wrote one step. */
export function countWhole({ state }: ThoughtDraft): void {
  const { stream, step } = state;
  if (stream === null || stream.purpose === "fused") return;
  step.tokens += textTokens(stream);
}
