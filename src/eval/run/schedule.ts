import type { Arm } from "../arms/arm.js";
import type { Problem } from "../problems/problem.js";
import type { MadeRecord, PlannedReply } from "./make-record.js";
import { mergeBounded } from "./merge-bounded.js";
import type { PlannedRun } from "./plan-run.js";

/** Has one reply made. */
export type MakeReply = (planned: PlannedReply) => Promise<MadeRecord>;

export interface Schedule {
  readonly make: MakeReply;
  /** Is there no record of it yet? */
  readonly isLeft: (planned: PlannedReply) => boolean;
  /** Told when a problem has all its records. */
  readonly onProblemDone: (problem: Problem) => void;
  /** Ends the replies under way. */
  readonly leave: () => void;
}

/** Problems side by side: servers batch them. Models in this process share its cores: one writes while the other does. */
const DEFAULT_CONCURRENCY = { servers: 8, inProcess: 2 };
const DEFAULT_AT_ONCE = [1, 8, 32];
/** Replies of one arm that are made between two turns of the others, in multiples of those under way at once. */
const BLOCK = 4;

/** All replies of a run that are left, in the order and the company that its mode wants. */
export function schedule(plan: PlannedRun, how: Schedule): AsyncGenerator<MadeRecord, void, void> {
  return plan.run.mode === "quality" ? byProblems(plan, how) : byTurns(plan, how);
}

/** How many replies each arm gives to each problem. */
export function passesOf(plan: Pick<PlannedRun, "run" | "options" | "pair">): readonly number[] {
  const { run, options } = plan;
  const usual = DEFAULT_CONCURRENCY[isInProcess(plan) ? "inProcess" : "servers"];
  if (run.mode === "quality") return [options.concurrency ?? usual];
  return options.atOnce ?? DEFAULT_AT_ONCE;
}

/** Does one of the models run in this process? */
export function isInProcess({ pair: { writers } }: Pick<PlannedRun, "pair">): boolean {
  return writers.small.kind === "local" || writers.large.kind === "local";
}

/** Problems side by side; the arms of one after the other, so that they find what was written before. */
function byProblems(plan: PlannedRun, how: Schedule): AsyncGenerator<MadeRecord, void, void> {
  const [concurrency = 1] = passesOf(plan);
  const sources = plan.problems.values();
  return mergeBounded(
    mapped(sources, (problem) => allOf(plan, problem, how)),
    concurrency,
    how.leave,
  );
}

async function* allOf(
  { arms, run }: PlannedRun,
  problem: Problem,
  { make, isLeft, onProblemDone }: Schedule,
): AsyncGenerator<MadeRecord, void, void> {
  for (let repeat = 0; repeat < run.repeats; repeat++) {
    for (const arm of arms) {
      const planned = { arm, problem, repeat, atOnce: 1 };
      if (isLeft(planned)) yield await make(planned);
    }
  }
  onProblemDone(problem);
}

/** Arms in turns, forwards and backwards (ABBA), so that what drifts meets them all alike; first one reply at a time. */
async function* byTurns(plan: PlannedRun, how: Schedule): AsyncGenerator<MadeRecord, void, void> {
  await warmUp(plan, how);
  for (const planned of turnsOf(plan)) {
    const left = planned.replies.filter(how.isLeft);
    const sources = mapped(left.values(), (each) => one(each, how));
    yield* mergeBounded(sources, planned.atOnce, how.leave);
  }
}

/** What one arm does before the next one has its turn. */
interface Turn {
  readonly atOnce: number;
  readonly replies: readonly PlannedReply[];
}

function* turnsOf(plan: PlannedRun): Generator<Turn, void, void> {
  const { arms, problems, run } = plan;
  let turn = 0;
  for (const atOnce of passesOf(plan)) {
    for (const block of blocksOf(problems, atOnce === 1 ? 1 : BLOCK * atOnce)) {
      for (let repeat = 0; repeat < run.repeats; repeat++) {
        const order = turn++ % 2 === 0 ? arms : [...arms].reverse();
        const of = (arm: Arm) => block.map((problem) => ({ arm, problem, repeat, atOnce }));
        yield* order.map((arm) => ({ atOnce, replies: of(arm) }));
      }
    }
  }
}

function blocksOf<T>(values: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, at) => values.slice(at * size, (at + 1) * size));
}

/** The first replies pay for what later ones find: connections, caches, code that is compiled. They are not kept. */
async function warmUp(
  { arms, problems: [problem] }: PlannedRun,
  { make }: Schedule,
): Promise<void> {
  if (problem === undefined) return;
  for (const arm of arms) await make({ arm, problem, repeat: 0, atOnce: 1 });
}

async function* one(
  planned: PlannedReply,
  { make }: Schedule,
): AsyncGenerator<MadeRecord, void, void> {
  yield await make(planned);
}

function* mapped<T, U>(values: Iterable<T>, map: (value: T) => U): Generator<U, void, void> {
  for (const value of values) yield map(value);
}
