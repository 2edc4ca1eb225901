import { isRepetition, REPETITION_WINDOW } from "../core/repetition.js";
import { firstNonBlank, tailOf } from "../core/step-boundary.js";
import { leaveStream, type ThoughtDraft } from "./thought-draft.js";
import { emptyStep, type OpenStep, type StepRecord, type StopReason } from "./thought-state.js";

/**
 * Hands out what the step under way has gained. Blanks wait for its first word: there may never be one.
 *
 * @param added - what was written last
 */
export function emitText(draft: ThoughtDraft, added: string): void {
  const { step } = draft.state;
  if (!step.started && firstNonBlank(ownText(step)) === -1) return;
  startStep(draft);
  pushText(draft, added);
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
  const { route, text } = state.step;
  // Small that ends the thought at once writes no step; a step by large is one, even if it only closes.
  if (route === "large" || ownText(state.step).trim() !== "") recordStep(draft, end);
  settleStep(draft);
  const said = text.trim() !== "";
  if (said) state.recent = [...state.recent, text].slice(-REPETITION_WINDOW);
  const repeats = said && isRepetition(state.recent);
  const repeatsOnceMore = repeats && state.forced;
  state.forced = repeats;
  if (stopReason !== null) return endThought(draft, stopReason);
  if (repeatsOnceMore) return endThought(draft, "repetition");
  if (state.steps.length >= config.maxSteps) return endThought(draft, "steps");
  state.phase = "glimpse";
}

/** Ends a reply that one model wrote as a whole. It may consist of tool calls alone. */
export function endWholeTurn(draft: ThoughtDraft, end: "eos" | "length"): void {
  recordStep(draft, end);
  settleStep(draft);
  endThought(draft, end === "length" ? "budget" : "eos");
}

/** Large used up its turn in the middle of a sentence: small goes on there, and nothing is spliced in. */
export function endTurn(draft: ThoughtDraft): void {
  const { state } = draft;
  recordStep(draft, "length");
  state.thoughtTokens += state.step.tokens;
  state.step = continuedStep(state.step, draft.config.delimiter);
  state.phase = "small";
  if (state.steps.length >= draft.config.maxSteps) endThought(draft, "steps");
}

/** Without a glimpse, also where large has not come to a word: asked again, it might not get further. */
function continuedStep({ text, held, emitted, begun }: OpenStep, delimiter: string): OpenStep {
  const from = text.length + held.length;
  const tail = begun ? tailOf(text.trimStart(), delimiter) : "";
  return { ...emptyStep(), text, from, held, emitted, begun, tail, route: "small" };
}

/** Ends the thought. Whatever is still being read is of no use any more. */
export function endThought(draft: ThoughtDraft, stopReason: StopReason): void {
  const { config, state, events } = draft;
  leaveStream(draft);
  settleStep(draft);
  state.stopReason = stopReason;
  events.push({ type: "thought-end", stopReason });
  if (config.thinking === false) {
    state.phase = "done";
    return;
  }
  state.phase = "answer";
  events.push({ type: "answer-start", by: config.answerBy });
}

/** Makes the step under way a part of the thought: nothing will be added to it. */
function settleStep(draft: ThoughtDraft): void {
  const { state } = draft;
  // What was held as the beginning of a tag was none.
  state.step.text += state.step.held;
  pushText(draft);
  state.thought += state.step.text;
  state.thoughtTokens += state.step.tokens;
  state.step = emptyStep();
}

function recordStep(draft: ThoughtDraft, end: StepRecord["end"]): void {
  const { state, events } = draft;
  const { route, entropy, token, tokens, ms } = state.step;
  if (route === null) return;
  startStep(draft);
  pushText(draft);
  const step = state.steps.length + 1;
  const record: StepRecord = { step, route, entropy, token, tokens, ms, end };
  if (draft.keepsNoOther) (state.steps as StepRecord[]).push(record);
  else state.steps = [...state.steps, record];
  events.push({ type: "step-end", record, text: ownText(state.step) });
}

function startStep({ state, events }: ThoughtDraft): void {
  const { step } = state;
  if (step.started || step.route === null) return;
  step.started = true;
  events.push({ type: "step-start", step: state.steps.length + 1, route: step.route });
}

function pushText({ state, events }: ThoughtDraft, added = ""): void {
  const { step } = state;
  const length = step.text.length - step.emitted;
  if (length === 0) return;
  // As a rule it was just added. To cut it out of a long text would copy that text for every token.
  const text = added.length === length ? added : step.text.slice(step.emitted);
  step.emitted = step.text.length;
  // Blanks before a glimpse are what small wrote behind the boundary.
  const route = step.route ?? "small";
  events.push({ type: "text-delta", step: state.steps.length + 1, route, text });
}

/** What the record under way has of the step's text. */
function ownText({ text, from }: OpenStep): string {
  return text.slice(from);
}
