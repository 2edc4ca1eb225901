import type { EvalRecord } from "../records/eval-record.js";
import { type ComparisonOptions, compareArms } from "./compare-arms.js";
import { clustersOf, comparedArms } from "./compared-arms.js";
import {
  armsByRate,
  commonProblems,
  figuresOn,
  type Gathered,
  gatherReplies,
  type SummarisedRun,
} from "./gather-replies.js";
import { latencyRatios } from "./latency-ratios.js";
import { notesOf } from "./notes.js";
import { recoveredGap } from "./recovered-gap.js";
import { replayedArms } from "./replayed-arms.js";
import { summariseArm } from "./summarise-arm.js";
import type { Comparison, Summary } from "./summary.js";
import { verdictOf } from "./verdict.js";

export interface SummariseOptions {
  /** Bootstrap samples. @defaultValue 5000 */
  readonly draws?: number;
}

/**
 * What a run came to: arms, the arms that are had by replay, paired comparisons, times, and the verdict. Pure: the
 * same records and the same run give the same summary. Records are read one by one and their texts dropped, so that
 * memory holds figures only. A run that is not complete is summarised as far as it came, and says so in its notes.
 */
export async function summarise(
  records: AsyncIterable<EvalRecord> | Iterable<EvalRecord>,
  run: SummarisedRun,
  options: SummariseOptions = {},
): Promise<Summary> {
  const gathered = await gatherReplies(records, run);
  const { alpha } = run.primary;
  const how: ComparisonOptions = { alpha, seed: run.seed, draws: options.draws };
  const about = new Map(run.arms.map((each) => [each.arm, each.about]));
  const arms = armNames(gathered, run).map((arm) =>
    summariseArm(gathered, arm, about.get(arm) ?? "", alpha),
  );
  const compared = comparedArms(gathered, run.primary.arm);
  const replayed = replayedArms(gathered, run.primary.arm, arms, how);
  return {
    v: 1,
    run: run.id,
    n: gathered.clusterOf.size,
    clusters: new Set(gathered.clusterOf.values()).size,
    skipped: run.data.skipped,
    arms: [...arms, ...replayed],
    primary: run.primary,
    verdict: compared && verdictOf({ ...compared, margin: run.primary.margin, ...how }),
    gap: compared && recoveredGap(compared, how),
    comparisons: comparisonsOf(gathered, run.primary.arm, how),
    latency: run.mode === "latency" ? latencyRatios(gathered, alpha) : [],
    notes: notesOf(gathered, run, [...arms, ...replayed], compared?.clusterOf.length ?? null),
  };
}

/** In the run's order; arms that it does not name come last. */
function armNames(gathered: Gathered, run: SummarisedRun): string[] {
  const named = run.arms.map(({ arm }) => arm).filter((arm) => gathered.arms.has(arm));
  return [...new Set([...named, ...gathered.arms.keys()])];
}

/** The primary arm against every other one, and every other one but chance's against large. */
function comparisonsOf(gathered: Gathered, primary: string, how: ComparisonOptions): Comparison[] {
  const rates = armsByRate(gathered);
  const ofChance = new Set([...rates.values()].flat());
  const plain = [...gathered.arms.keys()].filter((arm) => !ofChance.has(arm));
  const pairs = [
    ...[...plain, ...rates.keys()].map((arm) => [primary, arm] as const),
    ...plain.map((arm) => [arm, "large"] as const),
  ];
  return pairs.flatMap(([first, second], index) => {
    const isAgain = index >= plain.length + rates.size && first === primary;
    const names = [rates.get(first) ?? [first], rates.get(second) ?? [second]];
    const problems = commonProblems(gathered, names.flat());
    if (first === second || isAgain || problems.length < 2) return [];
    const [one, other] = [first, second].map((name, side) =>
      figuresOn(gathered, name, problems, names[side]),
    ) as [Figures, Figures];
    return [compareArms(one, other, clustersOf(gathered, problems), how)];
  });
}

type Figures = ReturnType<typeof figuresOn>;
