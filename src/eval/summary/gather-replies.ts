import type { EvalRecord } from "../records/eval-record.js";
import type { RunFile } from "../records/run-file.js";
import type { ArmFigures } from "./arm-figures.js";
import { figuresOf, judgeOf, type ReplyFigures } from "./reply-figures.js";

/** What a summary reads of `run.json`. */
export type SummarisedRun = Pick<RunFile, "id" | "mode" | "arms" | "seed" | "data" | "primary">;

/** The replies of one arm, by problem. */
export type ArmReplies = ReadonlyMap<string, readonly ReplyFigures[]>;

/** All that a summary needs of a run's records. */
export interface Gathered {
  readonly arms: ReadonlyMap<string, ArmReplies>;
  /** Each problem's cluster; the problems in the order in which they came. */
  readonly clusterOf: ReadonlyMap<string, string>;
}

/** Reads the records one by one and keeps figures; of two records with one key, the later one. */
export async function gatherReplies(
  records: AsyncIterable<EvalRecord> | Iterable<EvalRecord>,
  run: Pick<RunFile, "arms">,
): Promise<Gathered> {
  const arms = new Map<string, Map<string, ReplyFigures[]>>();
  const clusterOf = new Map<string, string>();
  for await (const record of records) {
    clusterOf.set(record.problem, record.cluster);
    const problems = arms.get(record.arm) ?? new Map<string, ReplyFigures[]>();
    arms.set(record.arm, problems);
    const { repeat, atOnce } = record;
    const others = (problems.get(record.problem) ?? []).filter(
      (reply) => reply.repeat !== repeat || reply.atOnce !== atOnce,
    );
    problems.set(record.problem, [...others, figuresOf(record, judgeOf(record.arm, run))]);
  }
  return { arms, clusterOf };
}

/** Problems that every one of these arms has answered, in the order in which they came. */
export function commonProblems(gathered: Gathered, arms: readonly string[]): string[] {
  return [...gathered.clusterOf.keys()].filter((problem) =>
    arms.every((arm) => gathered.arms.get(arm)?.has(problem) === true),
  );
}

/** An arm, or several as if they were repeats of one (the seeds of a rate), on these problems. */
export function figuresOn(
  gathered: Gathered,
  name: string,
  problems: readonly string[],
  arms: readonly string[] = [name],
): ArmFigures {
  const replies = problems.map((problem) =>
    arms.flatMap((arm) => gathered.arms.get(arm)?.get(problem) ?? []),
  );
  return {
    arm: name,
    scores: replies.map((each) => meanOf(each, ({ score }) => score)),
    largeTokens: replies.map((each) => meanOf(each, ({ largeTokens }) => largeTokens)),
    weight: arms.length,
  };
}

/** The seeds of each rate of chance: `random:0.3:1` and `random:0.3:2` are two of `random:0.3`. */
export function armsByRate(gathered: Gathered): Map<string, string[]> {
  const rates = new Map<string, string[]>();
  for (const arm of gathered.arms.keys()) {
    const [kind, rate, seed] = arm.split(":");
    if (kind !== "random" || rate === undefined || seed === undefined) continue;
    const name = `random:${rate}`;
    rates.set(name, [...(rates.get(name) ?? []), arm]);
  }
  return rates;
}

export function meanOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}

/** The mean of what is known; `null` where something is not. */
export function meanIfKnown<T>(
  items: readonly T[],
  value: (item: T) => number | null,
): number | null {
  const known = items.map(value).filter((each) => each !== null);
  return items.length === 0 || known.length < items.length ? null : meanOf(known, (each) => each);
}
