import { isRepetition, REPETITION_WINDOW } from "../core/repetition.js";
import { firstNonBlank, tailOf } from "../core/step-boundary.js";
import { answererOf } from "./degraded.js";
import { certainLength, closeReading } from "./point-reading.js";
import { addSpeculation, lessToldSpeculation, toldSpeculation } from "./speculation.js";
import type { DecisionRecord, PartRecord, StepRecord, StopReason } from "./step-record.js";
import { leaveStream, type ThoughtDraft } from "./thought-draft.js";
import { emptyStep, type OpenStep, type ThoughtState } from "./thought-state.js";
import { isWatchDue } from "./watch-answer.js";

/**
 * Hands out what the step under way has gained. Blanks wait for its first word: there may never be one. What a
 * decision may still cut off waits for that.
 *
 * @param added - what was written last
 */
export function emitText(draft: ThoughtDraft, added: string, upTo = certainLength(draft)): void {
  const { step } = draft.state;
  if (upTo <= step.emitted) return;
  if (!step.started && firstNonBlank(step.text.slice(0, upTo)) === -1) return;
  startStep(draft);
  pushText(draft, added, upTo);
}

/** Another writer goes on in the same step. */
export function endPart(draft: ThoughtDraft, end: PartRecord["end"]): void {
  const { step, stream } = draft.state;
  step.parts = [...step.parts, partRecord(draft.state, end)];
  const speculation = lessToldSpeculation(stream);
  step.part = { from: step.text.length, tokens: step.tokens, ms: step.ms, speculation };
}

function partRecord({ step, stream }: ThoughtState, end: PartRecord["end"]): PartRecord {
  return {
    route: step.route ?? "small",
    tokens: step.tokens - step.part.tokens,
    ms: step.ms - step.part.ms,
    from: step.part.from,
    end,
    speculation: addSpeculation(step.part.speculation, toldSpeculation(stream)),
  };
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
  if (isJudged(draft.state.step, end)) {
    draft.state.waits = { for: "verdict", end, stopReason, behind: [], isOver: false };
    return;
  }
  closeStep(draft, end, stopReason);
}

/** Ends the step as it is. */
export function closeStep(
  draft: ThoughtDraft,
  end: StepRecord["end"],
  stopReason: StopReason | null,
): void {
  const { config, state } = draft;
  const { route, text, parts } = state.step;
  // Small that ends the thought at once writes no step; a step by large is one, even if it only closes.
  if (route === "large" || parts.length > 0 || text.trim() !== "") recordStep(draft, end);
  settleStep(draft);
  const said = text.trim() !== "";
  if (said) state.recent = [...state.recent, text].slice(-REPETITION_WINDOW);
  const repeats = said && isRepetition(state.recent);
  const repeatsOnceMore = repeats && state.forced;
  state.forced = repeats;
  if (stopReason !== null) return endThought(draft, stopReason);
  if (repeatsOnceMore) return endThought(draft, "repetition");
  if (state.steps.length >= config.maxSteps) return endThought(draft, "steps");
  state.phase = state.untilEnd ? "rest" : "glimpse";
  if (isWatchDue(config, state)) state.waits = { for: "watch", behind: [], isOver: false };
}

/** One that a limit has cut is none that could be judged. */
function isJudged({ route, text, judgedFrom }: OpenStep, end: StepRecord["end"]): boolean {
  return judgedFrom !== null && route === "small" && end !== "length" && text.trim() !== "";
}

/** Ends a reply that one model wrote as a whole. It may consist of tool calls alone. */
export function endWholeTurn(
  draft: ThoughtDraft,
  end: "eos" | "length",
  stopReason: StopReason = "eos",
): void {
  recordStep(draft, end);
  settleStep(draft);
  endThought(draft, stopReason);
}

/** Large used up its turn in the middle of a sentence: small goes on there, and nothing is spliced in. */
export function endTurn(draft: ThoughtDraft): void {
  const { config, state } = draft;
  const { step } = state;
  endPart(draft, "length");
  // Behind what may be a tag, too. And without a glimpse, also where large has not come to a word: asked again,
  // it might not get further.
  step.part = { ...step.part, from: step.part.from + step.held.length };
  step.route = "small";
  step.tail = step.begun ? tailOf(step.text.trimStart(), config.delimiter) : "";
  step.unstopped = false;
  state.phase = "small";
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
  events.push({ type: "answer-start", by: answererOf(config, state) });
}

/** Makes the step under way a part of the thought: nothing will be added to it. */
function settleStep(draft: ThoughtDraft): void {
  const { state } = draft;
  closeReading(draft);
  // What was held as the beginning of a tag was none.
  state.step.text += state.step.held;
  pushText(draft);
  state.thought += state.step.text;
  state.thoughtTokens += state.step.tokens;
  state.step = emptyStep();
  const speculation = lessToldSpeculation(state.stream);
  if (speculation !== null) state.step.part = { ...state.step.part, speculation };
}

function recordStep(draft: ThoughtDraft, end: StepRecord["end"]): void {
  const { state, events } = draft;
  closeReading(draft);
  const { route, entropy, token, tokens, ms, text, discarded, verified } = state.step;
  if (route === null) return;
  startStep(draft);
  pushText(draft);
  const parts = [...state.step.parts, partRecord(state, end)].filter(isPart);
  const step = state.steps.length + 1;
  const record: StepRecord = {
    step,
    route: parts.some((part) => part.route === "large") ? "large" : "small",
    entropy,
    token,
    tokens,
    ms,
    end,
    parts,
    decisions: decisionsOf(state.step),
    discarded,
    ...(verified === null ? {} : { verified }),
  };
  if (draft.keepsNoOther) (state.steps as StepRecord[]).push(record);
  else state.steps = [...state.steps, record];
  events.push({ type: "step-end", record, text });
}

/** Where large's turn ended just before the step did, small added nothing. */
function isPart({ tokens, from }: PartRecord, index: number): boolean {
  return index === 0 || tokens > 0 || from === 0;
}

function decisionsOf({ decisions, highest }: OpenStep): readonly DecisionRecord[] {
  if (highest === null) return decisions;
  const isTopped = decisions.some(({ value }) => value !== null && value >= (highest.value ?? 0));
  return isTopped ? decisions : [...decisions, highest];
}

function startStep({ state, events }: ThoughtDraft): void {
  const { step } = state;
  if (step.started || step.route === null) return;
  step.started = true;
  events.push({ type: "step-start", step: state.steps.length + 1, route: step.route });
}

function pushText(
  { state, events }: ThoughtDraft,
  added = "",
  upTo = state.step.text.length,
): void {
  const { step } = state;
  const length = upTo - step.emitted;
  if (length <= 0) return;
  // As a rule it was just added. To cut it out of a long text would copy that text for every token.
  const isAdded = added.length === length && upTo === step.text.length;
  const text = isAdded ? added : step.text.slice(step.emitted, upTo);
  step.emitted = upTo;
  // Blanks before a glimpse are what small wrote behind the boundary.
  const route = step.route ?? (state.phase === "rest" ? "large" : "small");
  events.push({ type: "text-delta", step: state.steps.length + 1, route, text });
}
