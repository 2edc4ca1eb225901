import { listedToken, type TextPiece } from "../core/align-tokens.js";
import { RouteError } from "../core/route-error.js";
import { isGlimpseDue } from "../core/step-boundary.js";
import { closeEarly, isDone } from "./close-early.js";
import { endStep } from "./end-step.js";
import { handOff } from "./hand-over.js";
import type { OpenStream } from "./open-stream.js";
import { flushHeld } from "./read-step.js";
import { requireCandidates } from "./require-candidates.js";
import { takeGlimpse } from "./take-glimpse.js";
import { endStream, leaveStream, type ThoughtDraft } from "./thought-draft.js";

/**
 * Reads the token of a probe. It is thrown away when its glimpse is taken; blanks and an opening tag come
 * before a step, so they are held, and the glimpse is still to come.
 */
export function readProbe(draft: ThoughtDraft, { text, first }: TextPiece): void {
  const { step } = draft.state;
  if (step.route !== null) return;
  const openTag = openTagOf(draft);
  const whole = step.held + text;
  const begun = whole.trimStart();
  const hasTag = openTag !== null && begun.startsWith(openTag);
  if (!isGlimpseDue(whole, openTag)) {
    const glimpsed = hasTag ? first : (step.heldFrom ?? first);
    if (isDone(draft, glimpsed)) {
      step.held = whole;
      return;
    }
    const route = takeGlimpse(draft, glimpsed, step.text.length);
    // Line breaks in the glimpsed token belong to the boundary; on a hand-off they stay.
    if (route === "large") step.held = whole;
    return;
  }
  const listed = requireCandidates(draft, first);
  const isPartOfTag = begun !== "" && !hasTag;
  step.heldFrom = isPartOfTag ? (step.heldFrom ?? listedToken(listed)) : null;
  step.held = whole;
}

/** Acts on a probe when it is over: one token was asked for, so there is nothing to cut short. */
export function readProbeEnd(
  draft: ThoughtDraft,
  stream: OpenStream,
  reason: "stop" | "eos" | "length",
): void {
  const { state } = draft;
  const { step } = state;
  // Seen, and nobody asked who writes the step: the thought is done.
  if (step.route === null && !isGlimpseDue(step.held, openTagOf(draft))) {
    return closeEarly(draft, step.held);
  }
  // A token without text: EOS, or the first byte of a character.
  if (step.route === null && stream.textless !== null) {
    takeGlimpse(draft, step.heldFrom ?? stream.textless.first, step.text.length);
  }
  if (step.route === "large") return handOff(draft);
  // Where a whole character is asked for, other tokens come behind it, and are not looked at.
  const isBehind = step.route === "small" && stream.maxTokens > 1;
  if (reason !== "length" && !isBehind) {
    if (flushHeld(draft)) return;
    endStream(draft);
    return endStep(draft, "eos", "eos");
  }
  if (step.route === "small") state.phase = "small";
  else probeOnward(draft, stream);
  // Blanks and tags are kept; a glimpsed token is written once more.
  leaveStream(draft);
}

/** The glimpse is still to come: only blanks, a tag, or half a character so far. */
function probeOnward({ state: { step } }: ThoughtDraft, stream: OpenStream): void {
  if (stream.received === 0 && stream.usage?.text_tokens === 1 && !step.halved) {
    // llama.cpp lists a character when its last byte has come, and under that one's distribution.
    step.halved = true;
    return;
  }
  if (stream.received === 0 || step.held === "") {
    throw new RouteError(
      "no_logprobs",
      "The small model's probe brought neither text nor a token. Its server must report the sampled token with log-probabilities (top_logprobs).",
    );
  }
  if (step.held.trim() !== "") {
    // A tag is no part of the thought, but must be gone on from.
    step.heldTokens += 1;
    return;
  }
  // Only blanks: they belong to the boundary before, and the glimpse is still to come.
  step.tokens += 1;
  step.text += step.held;
  step.held = "";
}

function openTagOf({ config: { thinking } }: ThoughtDraft): string | null {
  return thinking === false ? null : thinking.open;
}
