import type { Arm } from "../arms/arm.js";
import type { EvalRecord } from "../records/eval-record.js";
import { designEffect, detectableDifference } from "../statistics/sample-size.js";
import { totalOf } from "./evaluate.js";
import { RecordMaker } from "./make-record.js";
import type { PlannedRun } from "./plan-run.js";
import { isInProcess, passesOf } from "./schedule.js";

/** What a run will cost, about: as the first problem did. */
export interface RunEstimate {
  /** Replies that are not there yet. */
  readonly replies: number;
  readonly requests: number;
  /** Prompt tokens and generated ones, of both models. */
  readonly tokens: number;
  /** `null` without prices. */
  readonly money: number | null;
  readonly minutes: number;
  /** The smallest difference of two arms that the run can see: 0 to 1. */
  readonly detectable: number;
}

/** Problems that two arms answer differently, and likeness within a cluster: what is usual, before anything is known. */
const DISCORDANT = 0.2;
const CORRELATION = 0.1;

const MS_PER_MINUTE = 60_000;

/**
 * Asks for one reply of each kind, large's, small's and a routed one, to the first problem (of models in this process, to the
 * first three): they are not kept.
 *
 * @param kept - replies that are there already
 */
export async function estimateRun(plan: PlannedRun, kept: number): Promise<RunEstimate> {
  const total = totalOf(plan);
  const share = total === 0 ? 0 : Math.max(0, total - kept) / total;
  const samples = kept >= total ? new Map<string, EvalRecord>() : await sampleKinds(plan);
  const perProblem = plan.arms.map((arm) => samples.get(kindOf(arm)));
  const rounds = (total / plan.arms.length) * share;
  const sum = (of: (record: EvalRecord) => number) =>
    rounds * perProblem.reduce((all, record) => all + (record === undefined ? 0 : of(record)), 0);
  return {
    replies: Math.max(0, total - kept),
    requests: Math.round(sum(requestsOf)),
    tokens: Math.round(sum(tokensOf)),
    money: plan.options.prices === undefined ? null : sum(({ cost }) => cost ?? 0),
    minutes: sum(({ ms }) => ms) / companyOf(plan) / MS_PER_MINUTE,
    detectable: detectableOf(plan),
  };
}

/** Where asking costs nothing but time, so many problems are asked: the last one is answered warm. */
const FREE_SAMPLES = 3;

/** @throws a reply's own failure, where none of them succeeds: nor would the run's */
async function sampleKinds(plan: PlannedRun): Promise<ReadonlyMap<string, EvalRecord>> {
  const samples = new Map<string, EvalRecord>();
  const failures: unknown[] = [];
  const signal = plan.options.signal ?? new AbortController().signal;
  const maker = new RecordMaker(plan, null, signal);
  const arms = plan.arms.filter(
    (arm, at) => plan.arms.findIndex((other) => kindOf(other) === kindOf(arm)) === at,
  );
  for (const problem of plan.problems.slice(0, isInProcess(plan) ? FREE_SAMPLES : 1)) {
    for (const arm of arms) {
      const { record, failure } = await maker.make({ arm, problem, repeat: 0, atOnce: 1 });
      samples.set(kindOf(arm), record);
      if (failure !== null) failures.push(failure);
    }
  }
  if (failures.length > 0 && failures.length >= samples.size) throw failures[0];
  return samples;
}

/** Arms whose replies cost about the same. */
function kindOf({ way, isDrafted }: Arm): string {
  const kind = way.kind === "routed" ? "routed" : way.by;
  return isDrafted === true ? `${kind}, drafted` : kind;
}

function tokensOf({ usage }: EvalRecord): number {
  const all = Object.values(usage).filter((each) => each !== undefined);
  return all.reduce((sum, { input, output }) => sum + input + output, 0);
}

function requestsOf({ requests: { small, large, verify = 0, watch = 0 } }: EvalRecord): number {
  return small + large + verify + watch;
}

/** Replies that go on side by side without waiting for each other: models in this process share its cores. */
function companyOf(plan: PlannedRun): number {
  if (isInProcess(plan)) return 1;
  const passes = passesOf(plan);
  // Of each pass as much: the harmonic mean.
  return passes.length / passes.reduce((sum, atOnce) => sum + 1 / atOnce, 0);
}

function detectableOf({ run: { data, primary } }: PlannedRun): number {
  const effective = data.n / designEffect(data.n / data.clusters, CORRELATION);
  return Math.min(1, detectableDifference(effective, DISCORDANT, { alpha: primary.alpha }));
}
