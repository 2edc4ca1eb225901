import {
  type AnswerEntropy,
  isSettled,
  movingVariance,
} from "../core/early-exit/answer-entropy.js";
import type { Aside } from "./aside.js";
import { endThought } from "./end-step.js";
import { readBehind } from "./read-behind.js";
import { narrowStream } from "./spending.js";
import { bookAside } from "./spent.js";
import type { WatchRecord } from "./step-record.js";
import type { ThoughtDraft } from "./thought-draft.js";
import { tokensSoFar } from "./thought-state.js";

/** Closes the thought where the answer has settled; else it goes on, and what had come behind is read. */
export function readWatched(draft: ThoughtDraft, said: Aside): void {
  const { config, state, events } = draft;
  const { waits } = state;
  const { closeWhen, minThoughtTokens = 0 } = config;
  if (waits?.for !== "watch" || closeWhen?.rule !== "answerEntropy") return;
  state.waits = null;
  bookAside(state, "watch", said.asked);
  const entropies = [...state.watched, { entropy: said.value }].flatMap(
    ({ entropy }) => entropy ?? [],
  );
  const record = watchRecord(closeWhen, state.steps.length, said, entropies);
  state.watched = [...state.watched, record];
  events.push({ type: "answer-watched", record });
  const isDone = said.value !== null && isSettled(closeWhen, entropies);
  if (isDone && tokensSoFar(state) >= minThoughtTokens) return endThought(draft, "early-exit");
  state.step.ms += said.ms;
  narrowStream(draft);
  readBehind(draft, waits);
}

function watchRecord(
  { alpha }: AnswerEntropy,
  step: number,
  { value, failed, ms }: Aside,
  entropies: readonly number[],
): WatchRecord {
  return {
    step,
    entropy: value,
    variance: value === null ? null : movingVariance(entropies, alpha),
    ms,
    ...(failed === undefined ? {} : { failed }),
  };
}
