import { isRepetition, REPETITION_WINDOW } from "../core/repetition.js";
import { leaveStream, type ThoughtDraft } from "./thought-draft.js";
import { emptyStep, type OpenStep, type StepRecord, type StopReason } from "./thought-state.js";

/** Hands out what the step under way has gained since the last time. */
export function emitText(draft: ThoughtDraft): void {
  const { state, events } = draft;
  const { step } = state;
  if (step.route === null || step.text.length === step.emitted) return;
  startStep(draft);
  const text = step.text.slice(step.emitted);
  step.emitted = step.text.length;
  events.push({ type: "text-delta", step: state.steps.length + 1, route: step.route, text });
}

/**
 * Ends the step under way, records it, and says what comes next: with a `stopReason` the end of the
 * thought, without one the next glimpse.
 */
export function endStep(
  draft: ThoughtDraft,
  end: StepRecord["end"],
  stopReason: StopReason | null = null,
): void {
  const { config, state } = draft;
  const { step } = state;
  emitText(draft);
  const said = step.text.trim() !== "";
  // Small that ends the thought at once writes no step; a step by large is one, even if it only closes.
  if (step.route === "large" || said) recordStep(draft, end);
  state.thought += step.text;
  state.thoughtTokens += step.tokens;
  state.step = emptyStep();
  if (said) state.recent = [...state.recent, step.text].slice(-REPETITION_WINDOW);
  const repeats = said && isRepetition(state.recent);
  const repeatsOnceMore = repeats && state.forced;
  state.forced = repeats;
  if (stopReason !== null) return endThought(draft, stopReason);
  if (repeatsOnceMore) return endThought(draft, "repetition");
  if (state.steps.length >= config.maxSteps) return endThought(draft, "steps");
  state.phase = "glimpse";
}

/** Large used up its turn in the middle of a sentence: small goes on there, and nothing is spliced in. */
export function endTurn(draft: ThoughtDraft): void {
  const { state } = draft;
  const { step } = state;
  emitText(draft);
  recordStep(draft, "length");
  state.thoughtTokens += step.tokens;
  state.step = step.begun ? continuedStep(step) : emptyStep();
  state.phase = step.begun ? "small" : "glimpse";
  if (state.steps.length >= draft.config.maxSteps) {
    state.thought += state.step.text;
    state.step = emptyStep();
    endThought(draft, "steps");
  }
}

function continuedStep({ text, emitted }: OpenStep): OpenStep {
  return { ...emptyStep(), text, emitted, begun: true, route: "small" };
}

function startStep({ state, events }: ThoughtDraft): void {
  const { step } = state;
  if (step.started || step.route === null) return;
  step.started = true;
  events.push({ type: "step-start", step: state.steps.length + 1, route: step.route });
}

function recordStep(draft: ThoughtDraft, end: StepRecord["end"]): void {
  const { state, events } = draft;
  const { route, entropy, token, tokens, ms, text } = state.step;
  if (route === null) return;
  startStep(draft);
  const record: StepRecord = {
    step: state.steps.length + 1,
    route,
    entropy,
    token,
    tokens,
    ms,
    end,
  };
  state.steps = [...state.steps, record];
  events.push({ type: "step-end", record, text });
}

/** Ends the thought. Whatever is still being read is of no use any more. */
export function endThought(draft: ThoughtDraft, stopReason: StopReason): void {
  const { config, state, events } = draft;
  leaveStream(draft);
  state.stopReason = stopReason;
  events.push({ type: "thought-end", stopReason });
  if (config.thinking === false) {
    state.phase = "done";
    return;
  }
  state.phase = "answer";
  events.push({ type: "answer-start", by: config.answerBy });
}
