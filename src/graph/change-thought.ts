import type { Route } from "../core/route-policy.js";
import { firstNonBlank, withoutLineBreaks } from "../core/step-boundary.js";
import { GlimpRouterError } from "../errors.js";
import { bookDiscarded } from "../router/spent.js";
import { emptyStep, type OpenStep, type ThoughtState } from "../router/thought-state.js";
import { checkText, checkThought, checkUnclosed } from "./check-state.js";

/**
 * The thought with another text, for `graph.updateState(config, { thought: editThought(...) })` between two
 * nodes: small takes the next glimpse behind it. The records stay as they are: they say who wrote what, and
 * what it cost.
 *
 * @param state - `thought` of the graph's state
 * @param text - all of the thought; ends in a boundary, or is given one
 * @param delimiter - as in the graph's options
 * @param close - `thinking.close` of the graph's options, `""` for none
 * @throws GlimpRouterError `invalid_input` where there is no thought, it has its answer, or its state or the
 * text cannot be
 */
export function editThought(
  state: ThoughtState | null,
  text: string,
  delimiter = "\n\n",
  close = "</think>",
): ThoughtState {
  const thought = requireUnanswered(state);
  checkText(text);
  checkUnclosed("text", text, close === "" ? false : { open: "", close });
  // As in a step: line breaks at the beginning are nobody's, the indentation of its first line is text.
  const begun = text.trim() === "" ? "" : withoutLineBreaks(text);
  const isWhole = begun === "" || begun.endsWith(delimiter);
  return {
    ...thought,
    phase: "glimpse",
    thought: isWhole ? begun : begun.trimEnd() + delimiter,
    step: emptyStep(),
    recent: [],
    forced: false,
    stopReason: null,
  };
}

/**
 * The thought with its next step given to one model, whatever its glimpse says. What small has begun of the
 * step, if anything, is dropped; a step that large could not finish goes on where it is.
 *
 * @param state - `thought` of the graph's state
 * @throws GlimpRouterError `invalid_input` where no step is to be written
 */
export function rerouteStep(state: ThoughtState | null, route: Route): ThoughtState {
  const thought = requireUnanswered(state);
  if (thought.phase === "answer") {
    throw new GlimpRouterError(
      `The thought has ended (${thought.stopReason}), so there is no step to give to ${route}. Change the thought before its end, or take it up again with editThought.`,
      { reason: "invalid_input" },
    );
  }
  const { step } = thought;
  const hasParts = step.parts.length > 0;
  if (step.begun && !hasParts && route === "small") return thought;
  if (hasParts) return { ...thought, phase: route, step: { ...step, route } };
  const changed = { ...thought, phase: route, step: { ...begunAnew(step), route } };
  if (step.begun) bookDiscarded(changed, "small", step.tokens);
  return changed;
}

/** Newlines belong to the boundary before, and stay. */
function begunAnew({ text, entropy, token, ms }: OpenStep): OpenStep {
  const begin = firstNonBlank(text);
  const lead = begin === -1 ? text : text.slice(0, begin);
  return { ...emptyStep(), text: lead.slice(0, lead.lastIndexOf("\n") + 1), entropy, token, ms };
}

function requireUnanswered(state: ThoughtState | null): ThoughtState {
  if (state !== null && checkThought(state).phase !== "done") return state;
  throw new GlimpRouterError(
    `${state === null ? "There is no thought yet" : "The thought has its answer already"}, so it cannot be changed. Stop the graph inside the thought, such as with \`interruptBefore: ["large"]\`.`,
    { reason: "invalid_input" },
  );
}
