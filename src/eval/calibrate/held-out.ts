import { smallThought } from "../arms/one-model.js";
import { byChance } from "../arms/routed.js";
import type { Problem } from "../problems/problem.js";
import type { Estimate } from "../statistics/estimate.js";
import { ratioEstimate } from "../statistics/ratio-estimate.js";
import type { ArmFigures } from "../summary/arm-figures.js";
import type { Verdict } from "../summary/summary.js";
import { verdictOf } from "../summary/verdict.js";
import { type Alone, tokensAlone } from "./alone.js";
import type { Answers, Task } from "./answers.js";
import { type KeptReply, keptReply, NO_NOTES, targetPart } from "./kept-reply.js";
import { rateInterval } from "./rate-interval.js";
import { type RoutingChoice, routedBy, setupOfChoice } from "./routing-choice.js";
import { clusterOf } from "./split-problems.js";
import type { TargetName } from "./target.js";

export interface HeldOutTask {
  readonly choice: RoutingChoice;
  readonly tau: number;
  /** Hand-overs a decision, as they were where tau was fitted. */
  readonly rate: number;
  readonly target: TargetName;
  readonly k: number;
  readonly alone: Alone;
  readonly margin: number;
  readonly seed: number;
  /** `false`: no answer can be checked, so there is no verdict. */
  readonly isChecked: boolean;
}

export interface HeldOutResult {
  /** Of what the target names. */
  readonly attained: Estimate;
  readonly rate: Estimate;
  readonly verdict: Verdict | null;
}

/** Around the rate that was routed: what chance reaches at exactly its cost lies between. */
const RATES = [0.8, 1.6];
const SEEDS = [0, 1];
/** Replies to each held-out problem, but for those of each model alone. */
export const HELD_OUT_REPLIES = 2 + RATES.length * SEEDS.length;

/** What was chosen, on problems that had no part in the choice; and chance at the same kind of place. */
export async function judgeHeldOut(
  problems: readonly Problem[],
  task: HeldOutTask,
  answers: Answers,
): Promise<HeldOutResult> {
  const tasks = tasksOf(task);
  const kept = await answers.all("held-out problems", problems, (problem) =>
    tasks.map((each) => each(problem)),
  );
  const column = (at: number) => kept.map((replies) => replies[at] as KeptReply);
  const routed = column(0);
  const alone = tokensAlone(task.alone);
  const parts = routed.map((reply) =>
    targetPart(task.target, reply, alone.get(reply.problem) ?? 0),
  );
  const { value, lo, hi } = ratioEstimate(byCluster(problems, parts));
  const attained = { value, lo: Math.max(0, lo), hi };
  const verdict = task.isChecked ? verdictFrom(problems, task, column) : null;
  return { attained, rate: rateInterval(routed), verdict };
}

/** Routed, then small's thought with large's answer, then chance by rates and seeds. */
function tasksOf(task: HeldOutTask): readonly ((problem: Problem) => Task<KeptReply>)[] {
  const { choice, tau, seed, isChecked } = task;
  const setup = setupOfChoice(choice, task);
  const routed = ({ id }: Problem): Task<KeptReply> => ({
    key: `held-out routed ${tau} ${id}`,
    async make(answer) {
      const { arm, notesOf } = routedBy(choice, tau, "routed", false);
      const record = await answer(arm, 0);
      return keptReply(record, notesOf(record));
    },
  });
  if (!isChecked) return [routed];
  const byRates = ratesOf(task.rate).flatMap((rate) =>
    SEEDS.map((each) => byChance(setup, rate, each, seed)),
  );
  const others = [smallThought(setup), ...byRates].map(
    (arm) =>
      ({ id }: Problem): Task<KeptReply> => ({
        key: `held-out ${arm.name} ${id}`,
        make: async (answer) => keptReply(await answer(arm, 0), NO_NOTES),
      }),
  );
  return [routed, ...others];
}

/** Rounded: a rate is part of an arm's name. */
function ratesOf(rate: number): readonly number[] {
  return RATES.map((times) => Number(Math.min(1, Math.max(0.005, times * rate)).toFixed(4)));
}

function verdictFrom(
  problems: readonly Problem[],
  { alone, margin, seed }: HeldOutTask,
  column: (at: number) => readonly KeptReply[],
): Verdict {
  const ids = problems.map(({ id }) => id);
  const byModel = (replies: ReadonlyMap<string, KeptReply>) =>
    ids.map((id) => replies.get(id) as KeptReply);
  return verdictOf({
    clusterOf: problems.map(clusterOf),
    primary: figuresOf("routed", [column(0)]),
    small: figuresOf("small", [byModel(alone.small)]),
    large: figuresOf("large", [byModel(alone.large)]),
    smallThought: figuresOf("small-thought", [column(1)]),
    random: RATES.map((times, index) =>
      figuresOf(
        `random ${times}`,
        SEEDS.map((_seed, each) => column(2 + index * SEEDS.length + each)),
      ),
    ),
    margin,
    seed,
  });
}

/** Mean over seeds, at each problem. */
function figuresOf(arm: string, seeds: readonly (readonly KeptReply[])[]): ArmFigures {
  const mean = (of: (reply: KeptReply) => number) =>
    (seeds[0] ?? []).map(
      (_reply, problem) =>
        seeds.reduce((sum, replies) => sum + of(replies[problem] as KeptReply), 0) / seeds.length,
    );
  return {
    arm,
    scores: mean(({ score }) => score),
    largeTokens: mean(({ largeTokens }) => largeTokens),
    weight: seeds.length,
  };
}

/** The sums of each cluster: problems of one are alike. */
function byCluster(
  problems: readonly Problem[],
  parts: readonly { readonly part: number; readonly of: number }[],
) {
  const sums = new Map<string, { part: number; of: number }>();
  for (const [index, problem] of problems.entries()) {
    const sum = sums.get(clusterOf(problem)) ?? { part: 0, of: 0 };
    sum.part += parts[index]?.part ?? 0;
    sum.of += parts[index]?.of ?? 0;
    sums.set(clusterOf(problem), sum);
  }
  return [...sums.values()];
}
