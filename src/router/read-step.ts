import { type ListedToken, listedToken, type TextPiece } from "../core/align-tokens.js";
import { boundaryEnd, firstNonBlank, heldTagLength } from "../core/step-boundary.js";
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
    if (isBlank && state.stream?.purpose === "fused") requireCandidates(piece.first);
    rest = beginStep(draft, rest, piece.first, false);
    // Handed off: the piece is dropped and does not count.
    if (state.stream === null) return;
    if (rest === "" && !isBlank) return holdTokens(draft, piece.tokens);
  }
  countTokens(draft, piece.tokens);
  const inside = piece.tokens === 1 ? piece.first : null;
  let glued = false;
  while (rest !== "" && state.stream !== null && !state.stream.complete) {
    if (!state.step.begun) {
      rest = beginStep(draft, rest, inside, glued);
    } else {
      rest = continueStep(draft, rest);
      glued = true;
    }
  }
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
 * @param glued - the boundary before is in that token, too
 */
function beginStep(
  draft: ThoughtDraft,
  text: string,
  first: ListedToken | null,
  glued: boolean,
): string {
  const { config, state } = draft;
  const { stream, step } = state;
  if (stream === null) return "";
  const whole = step.held + text;
  const begin = firstNonBlank(whole);
  if (begin === -1) {
    keepLead(draft, whole);
    return "";
  }
  const glimpsed = step.held === "" ? first : step.heldFrom;
  const rest = whole.slice(begin);
  step.held = "";
  step.heldFrom = null;
  const open = config.thinking === false ? "" : config.thinking.open;
  // A model may open the thought once more: the tag is swallowed, and what follows begins the step.
  if (open !== "" && rest.startsWith(open)) {
    keepLead(draft, whole.slice(0, begin));
    step.heldTokens = 0;
    return rest.slice(open.length);
  }
  if (open.startsWith(rest)) {
    step.held = whole;
    step.heldFrom = glimpsed === null ? null : listedToken(glimpsed);
    return "";
  }
  if (stream.purpose === "fused" && decideRoute(draft, glimpsed) === "large") {
    handOff(draft, glued);
    return "";
  }
  keepLead(draft, whole.slice(0, begin));
  step.begun = true;
  return rest;
}

/** Blanks before a step belong to the boundary before it; a step by large begins with its first character. */
function keepLead({ state }: ThoughtDraft, blanks: string): void {
  if (state.step.route !== "large") state.step.text += blanks;
}

/** Leaves the step to large: the glimpsed token is dropped, and the spaces before it; newlines stay. */
export function handOff(draft: ThoughtDraft, glued = false): void {
  const { step } = draft.state;
  const lead = step.text + (blanksOf(draft, step.held) ?? "");
  step.text = glued ? "" : lead.slice(0, lead.lastIndexOf("\n") + 1);
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
  // What small wrote of the boundary is part of the thought, not of the step by large.
  draft.state.thoughtTokens += step.tokens;
  step.tokens = 0;
  leaveStream(draft);
  draft.state.phase = "large";
}

/** Reads into a step that has begun. Returns what follows its boundary, `""` where it is still open. */
function continueStep(draft: ThoughtDraft, text: string): string {
  const { config, state } = draft;
  const { stream, step } = state;
  if (stream === null) return "";
  const before = step.text.length;
  const full = step.text + step.held + text;
  step.held = "";
  const close = config.thinking === false ? "" : config.thinking.close;
  const closeAt = close === "" ? -1 : full.indexOf(close, before);
  const end = boundaryEnd(full, config.delimiter, before);
  if (closeAt !== -1 && (end === -1 || closeAt < end - config.delimiter.length)) {
    step.text = full.slice(0, closeAt);
    countWhole(draft);
    endStep(draft, "close", "closed");
    return "";
  }
  if (end !== -1) {
    step.text = full.slice(0, end);
    if (stream.purpose === "fused") endStep(draft, "boundary");
    else completeStep(draft);
    return full.slice(end);
  }
  const held = close === "" ? 0 : heldTagLength(full.slice(before), close);
  step.text = full.slice(0, full.length - held);
  step.held = full.slice(full.length - held);
  emitText(draft);
  return "";
}

/**
 * The stream is over: what was held as the beginning of a tag was none, and may be a step's first token.
 *
 * @returns true where its glimpse hands the step to large
 */
export function flushHeld(draft: ThoughtDraft): boolean {
  const { step } = draft.state;
  const { held } = step;
  const blanks = blanksOf(draft, held);
  if (!step.begun && blanks === null) {
    if (step.route === null && decideRoute(draft, step.heldFrom) === "large") {
      handOff(draft);
      return true;
    }
    step.begun = true;
    step.text += step.route === "large" ? held.trimStart() : held;
    step.tokens += step.heldTokens;
  } else {
    step.text += blanks ?? held;
  }
  step.held = "";
  step.heldFrom = null;
  step.heldTokens = 0;
  return false;
}

/** The blanks that held text is made of, an opening tag left out; `null` where there is more to it. */
function blanksOf({ config }: ThoughtDraft, held: string): string | null {
  const rest = config.thinking === false ? held : held.replace(config.thinking.open, "");
  return rest.trim() === "" ? rest : null;
}

/** The step is whole, but the server has not said what it cost. */
function completeStep(draft: ThoughtDraft): void {
  emitText(draft);
  if (draft.state.stream !== null) draft.state.stream.complete = true;
}

/** Counts a request that wrote one step: as the server reports it, else what was received. */
export function countWhole({ state }: ThoughtDraft): void {
  const { stream, step } = state;
  if (stream === null || stream.purpose === "fused") return;
  step.tokens += textTokens(stream);
}
