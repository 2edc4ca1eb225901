import { linkSignals } from "../../core/linked-signals.js";
import { seedOf } from "../arms/chance.js";
import type { CheckedReply } from "../checkers/checker.js";
import { runChecker } from "../checkers/run-checker.js";
import type { Problem } from "../problems/problem.js";
import { messagesOf } from "../replies/messages-of.js";
import { splitThought } from "../replies/split-thought.js";
import type { RecordPlan } from "../run/make-record.js";
import { randomSource } from "../statistics/random-source.js";
import { type Label, NO_LABEL } from "./labels.js";
import type { SeenOccasion } from "./seen-occasions.js";

/**
 * Of one step of each reply, drawn by chance among those that were handed over: large goes on from small's version and from
 * its own, to the end. Bad where the two come out differently. Two requests of large a reply.
 *
 * Source: "neutral or divergent" of R2R, arXiv 2505.21600.
 */
export function divergent(plan: RecordPlan, seed: number, given: AbortSignal): Label {
  return async (problem, record, seen, draw) => {
    const random = randomSource(seedOf(seed, { problem: problem.id, repeat: draw }));
    const both = seen.filter(({ handedOver, draft }) => handedOver && draft !== "");
    const chosen = both.length === 0 ? undefined : both[random.below(both.length)];
    const byLarge = record.steps.find(({ step }) => step === chosen?.step);
    if (chosen === undefined || byLarge === undefined) return seen.map(() => NO_LABEL);
    const from = beginningOf(plan, problem);
    const { signal, unlink } = linkSignals(given);
    const [small, large] = await Promise.all([
      outcomeOf(plan, problem, from, chosen.thought + withBreak(chosen, byLarge.text), signal),
      outcomeOf(plan, problem, from, chosen.thought + byLarge.text, signal),
    ]).finally(unlink);
    return seen.map((each) => (each === chosen ? small !== large : NO_LABEL));
  };
}

/** A draft ends where its boundary begins: it has the one that large's version has. */
function withBreak({ draft }: SeenOccasion, byLarge: string): string {
  return draft.trimEnd() + byLarge.slice(byLarge.trimEnd().length);
}

type Beginning = ReturnType<typeof beginningOf>;

function beginningOf({ pair }: RecordPlan, problem: Problem) {
  const { thinking, maxThoughtTokens, maxAnswerTokens } = pair.options({});
  const opening = pair.writers.large.open({ messages: messagesOf(problem), thinking });
  return { opening, thinking, maxTokens: maxThoughtTokens + maxAnswerTokens };
}

/** What a reply comes to: what the checker reads, else the answer itself. */
async function outcomeOf(
  { pair, checker }: RecordPlan,
  problem: Problem,
  { opening, thinking, maxTokens }: Beginning,
  thought: string,
  signal: AbortSignal,
): Promise<string> {
  let text = thought;
  const how = { maxTokens, topLogprobs: 0 };
  for await (const written of pair.writers.large.write(await opening, thought, how, signal)) {
    if (written.type === "end") break;
    text += written.text;
  }
  const split = splitThought(text, thinking);
  const reply: CheckedReply = { text: split.answer, thought: split.thought };
  const { extracted, score } = await runChecker(checker, reply, problem);
  return extracted ?? (score === null ? split.answer.trim() : String(score));
}
