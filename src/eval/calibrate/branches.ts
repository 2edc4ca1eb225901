import type { RoutePolicy } from "../../core/route-policy.js";
import { seedOf } from "../arms/chance.js";
import type { Problem } from "../problems/problem.js";
import { randomSource } from "../statistics/random-source.js";
import type { Task } from "./answers.js";
import {
  DrawnArm,
  type DrawnOccasion,
  type DrawnReply,
  type DrawPlan,
  drawnOccasion,
} from "./draw-replies.js";
import { keptReply, NO_NOTES } from "./kept-reply.js";
import { NO_LABEL } from "./labels.js";
import { type Row, rowsOf } from "./signal-values.js";

/** Draws of their own, beside those of the replies by chance. */
const OF_BRANCHES = -1;

/**
 * The reply in which nothing is handed over, and, for each of so many occasions of it, drawn by chance, the reply in which
 * that ONE is. Occasions are drawn with replacement: one that is drawn twice is written once, and a thought without any needs
 * no rule of its own.
 */
export function branchTasks(
  problem: Problem,
  plan: DrawPlan,
  branches: number,
): readonly Task<DrawnReply>[] {
  if (branches === 0) return [];
  const random = randomSource(seedOf(plan.seed, { problem: problem.id, repeat: OF_BRANCHES }));
  const places = Array.from({ length: branches }, () => random.unit());
  return [
    taskOf("none", problem, plan, () => null),
    ...places.map((place, branch) =>
      taskOf(String(branch), problem, plan, (count) => Math.floor(place * count)),
    ),
  ];
}

/** @param occasionOf - which one is handed over, by how many there are without a hand-over */
function taskOf(
  name: string,
  problem: Problem,
  plan: DrawPlan,
  occasionOf: (count: number) => number | null,
): Task<DrawnReply> {
  const { place } = plan;
  return {
    key: `branch ${place} ${name} ${problem.id}`,
    async make(answer, [without]) {
      const at = occasionOf(without?.occasions.length ?? 0);
      const drawn = new DrawnArm(plan, {
        name: `branch:${place}:${name}`,
        about: `large at one occasion, or none, at ${place}`,
        settings: { place, at },
        policy: () => onlyAt(at),
      });
      const record = await answer(drawn.arm, 0);
      const seen = drawn.seen();
      // A judge is asked about the one occasion alone.
      const [doubts] = at === null ? [] : await plan.judge(problem, seen.slice(at, at + 1));
      return {
        reply: keptReply(record, NO_NOTES),
        rate: 0,
        judged: at !== null,
        occasions: seen.map((each, index) =>
          drawnOccasion(each, index === at ? doubts : undefined, NO_LABEL),
        ),
      };
    },
  };
}

function onlyAt(occasion: number | null): RoutePolicy {
  let next = 0;
  return () => (next++ === occasion ? "large" : "small");
}

/** An occasion that was taken both ways. */
export interface BranchedRow extends Row {
  /** The score with the hand-over, less that without. */
  readonly difference: number;
  /** How many occasions it was drawn from: it stands for them all. */
  readonly occasions: number;
}

/** How the pairs of all problems came out; `null` where none were asked for. */
export function tallyBranches(
  problems: readonly (readonly DrawnReply[])[],
): { readonly n: number; readonly better: number; readonly worse: number } | null {
  if (problems.every((replies) => replies.length === 0)) return null;
  const differences = problems.flatMap(branchedRows).map(({ difference }) => difference);
  return {
    n: differences.length,
    better: differences.filter((each) => each > 0).length,
    worse: differences.filter((each) => each < 0).length,
  };
}

/** @param replies - to one problem: without a hand-over, then with one each */
export function branchedRows([without, ...others]: readonly DrawnReply[]): readonly BranchedRow[] {
  if (without === undefined || without.reply.status === "error") return [];
  return others.flatMap((reply) => {
    const at = reply.occasions.findIndex(({ handedOver }) => handedOver);
    const row = rowsOf([reply])[at];
    const isPair = row !== undefined && reply.reply.status !== "error" && alike(without, reply, at);
    if (!isPair) return [];
    const difference = reply.reply.score - without.reply.score;
    return [{ ...row, difference, occasions: without.occasions.length }];
  });
}

/**
 * Were both the same up to the hand-over? Where a calibration went on after it was broken off, what both begin with was
 * written twice, and a server's noise may have changed it.
 */
function alike(one: DrawnReply, other: DrawnReply, last: number): boolean {
  const begin = ({ occasions }: DrawnReply) => occasions.slice(0, last + 1);
  const others = begin(other);
  return begin(one).every((each, index) => isSame(each, others[index]));
}

function isSame(one: DrawnOccasion, other: DrawnOccasion | undefined): boolean {
  return one.step === other?.step && one.draft === other.draft && one.tokens === other.tokens;
}
