import { RouteError } from "../core/route-error.js";
import { endStep } from "./end-step.js";
import { handOff } from "./read-step.js";
import { decideRoute } from "./take-glimpse.js";
import { leaveStream, type ThoughtDraft } from "./thought-draft.js";
import type { OpenStream } from "./thought-state.js";

/** Acts on a probe when it is over: one token was asked for, so there is nothing to cut short. */
export function readProbeEnd(
  draft: ThoughtDraft,
  stream: OpenStream,
  reason: "stop" | "eos" | "length",
): void {
  const { state } = draft;
  const { step } = state;
  // A token without text: EOS, or the first byte of a character.
  if (step.route === null && stream.textless !== null) decideRoute(draft, stream.textless.first);
  if (step.route === "large") return handOff(draft);
  leaveStream(draft);
  if (reason !== "length") {
    step.route = null;
    return endStep(draft, "eos", "eos");
  }
  if (step.route === "small") {
    state.phase = "small";
    return;
  }
  if (stream.held === "") {
    throw new RouteError(
      "no_logprobs",
      "The small model's probe brought neither text nor a token. Its server must report the sampled token with log-probabilities (top_logprobs).",
    );
  }
  // Only blanks: they belong to the boundary before, and the glimpse is still to come.
  step.text += stream.held;
  step.tokens += 1;
}
