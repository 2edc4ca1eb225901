import type { BaseMessage } from "@langchain/core/messages";
import type { ThoughtState } from "../../router/thought-state.js";
import { readResume } from "./read-resume.js";
import { type ResumeState, resumableBy, resumeState } from "./resume-state.js";

/** A call as one that may go on with another, and may be gone on with. */
export interface Resuming {
  /** The thought that it goes on with: no failure before its first request loses it. @defaultValue it begins one */
  readonly resumed?: ThoughtState | undefined;
  /** What goes on with a thought of its own. @defaultValue nothing does */
  readonly resumeOf?: ((left: ThoughtState) => ResumeState | undefined) | undefined;
}

/**
 * @param given - the call option `resume`
 * @throws GlimpRouterError `invalid_input` naming field, value and remedy
 */
export function resumingOf(
  given: unknown,
  messages: readonly BaseMessage[],
  config: Parameters<typeof resumableBy>[0],
): Resuming {
  const by = resumableBy(config);
  return {
    resumed: given === undefined || given === null ? undefined : readResume(given, messages, by),
    resumeOf: (left) => resumeState(left, messages, by),
  };
}
