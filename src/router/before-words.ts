import { leadingBlanks, withoutLineBreaks } from "../core/step-boundary.js";
import type { Role } from "./step-writer.js";
import type { OpenStep, ThoughtState } from "./thought-state.js";

/**
 * Blanks before a step's first word. Small's belong to the boundary. Of large's the line breaks do, and are
 * dropped; whether the others are text, or stand before a line break, what follows them tells.
 */
export function keepBlanks(step: OpenStep, blanks: string): void {
  step.held = step.route === "large" ? dropLineBreaks(step, blanks) : "";
  if (step.route !== "large") step.text += blanks;
}

/** @returns what is left of large's blanks */
export function dropLineBreaks(step: OpenStep, blanks: string): string {
  const left = withoutLineBreaks(blanks);
  step.dropped += blanks.slice(0, blanks.length - left.length);
  return left;
}

/** An opening tag that was written once more. Blanks that small wrote before it stay. */
export function swallowTag(step: OpenStep, blanks: string, tag: string): void {
  if (step.route === "large") step.dropped += blanks + tag;
  else step.text += blanks;
  step.heldTokens = 0;
}

/** Blanks by large that a stop string came behind: they are asked for once more, with what follows them. */
export function forgetBlanks(step: OpenStep): void {
  if (step.route !== "large" || step.begun || step.held.trim() !== "") return;
  step.held = "";
  step.dropped = "";
}

/**
 * What a model is to go on from: behind what may be a tag, too. Where large's own stream was cut it had before its
 * words what the thought does not keep, and would go on in another way without it.
 */
export function textToGoOnFrom({ thought, step }: ThoughtState, role: Role): string {
  const { text, held, dropped } = step;
  if (role === "small" || dropped === "") return thought + text + held;
  // Behind small's own line breaks, before what large's first line begins with.
  const at = leadingBlanks(text).lastIndexOf("\n") + 1;
  return thought + text.slice(0, at) + dropped + text.slice(at) + held;
}
