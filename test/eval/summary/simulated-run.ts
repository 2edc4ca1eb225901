import type { EvalRecord } from "../../../src/eval/records/eval-record.js";
import { type RandomSource, randomSource } from "../../../src/eval/statistics/random-source.js";
import type { SummarisedRun } from "../../../src/eval/summary/gather-replies.js";

/** A line of records.jsonl of which only what is given matters. */
export function recordOf(
  given: Partial<EvalRecord> & Pick<EvalRecord, "problem" | "arm">,
): EvalRecord {
  const repeat = given.repeat ?? 0;
  return {
    v: 1,
    key: `${given.arm}/${given.problem}/${repeat}/${given.atOnce ?? 1}`,
    cluster: given.problem,
    repeat,
    atOnce: 1,
    startedAt: 0,
    status: "ok",
    score: 0,
    extracted: null,
    why: null,
    ms: 1000,
    msToAnswer: null,
    requests: { small: 1, large: 1 },
    usage: { small: usage(0), large: usage(0) },
    cost: null,
    speculation: null,
    stopReason: "closed",
    interventionRate: null,
    largeShare: null,
    handoffs: null,
    surprise: null,
    steps: [],
    thought: null,
    answer: "",
    error: null,
    ...given,
  };
}

export function usage(output: number, discarded = 0) {
  return { input: 100, cached: null, output, discarded, estimated: false };
}

export function runOf(arms: readonly string[], given: Partial<SummarisedRun> = {}): SummarisedRun {
  return {
    id: "run",
    mode: "quality",
    arms: arms.map((arm) => ({ arm, about: `About ${arm}`, settings: null })),
    seed: 1,
    data: { source: "d.jsonl", sha256: "0", n: 0, clusters: 0, skipped: 0 },
    primary: { arm: "routed", margin: 0.05, alpha: 0.05 },
    ...given,
  };
}

/** A step of a chain: who would write it wrongly, and what the signal says of it. */
export interface SimulatedStep {
  readonly smallWrong: boolean;
  readonly largeWrong: boolean;
  readonly signal: number;
}

export interface Simulation {
  readonly problems: number;
  readonly seed: number;
  /** Problems of one cluster have the same steps of small. @defaultValue 1 */
  readonly clusterSize?: number;
  /** What the signal says of a step; a hand-over is above `tau`. */
  readonly signal: (
    step: Omit<SimulatedStep, "signal">,
    random: RandomSource,
    coin: number,
  ) => number;
  readonly tau: number;
  /** Large's tokens for a step of its own thought; a handed-over step takes 20. */
  readonly aloneTokens: number;
  readonly rates: readonly number[];
  readonly seeds: number;
}

const STEPS = 5;
const SMALL_ERROR = 0.1;
const LARGE_ERROR = 0.02;
const HANDED_TOKENS = 20;

/**
 * Whole routed chains: a thought of five steps is right if every step is, whoever wrote it. What a model does with a
 * step is fixed, as it is for greedy models on one prefix, so that the arms are paired as real ones are. Chance is a
 * coin for each step, with a rate and a seed of its own.
 */
export function simulate(how: Simulation): EvalRecord[] {
  const random = randomSource(how.seed);
  let steps: readonly SimulatedStep[] = [];
  return Array.from({ length: how.problems }, (_, index) => {
    const size = how.clusterSize ?? 1;
    if (index % size === 0) steps = simulateSteps(how, random);
    const place = { problem: `p${index}`, cluster: `c${Math.floor(index / size)}` };
    const of = (arm: string, handed: readonly boolean[], alone = HANDED_TOKENS) =>
      chainRecord(place, arm, steps, handed, alone);
    const none = steps.map(() => false);
    const all = steps.map(() => true);
    return [
      of("small", none),
      of("small-thought", none),
      of("large", all, how.aloneTokens),
      of(
        "routed",
        steps.map(({ signal }) => signal > how.tau),
      ),
      ...how.rates.flatMap((rate) =>
        Array.from({ length: how.seeds }, (__, seed) =>
          of(
            `random:${rate}:${seed}`,
            steps.map(() => random.unit() < rate),
          ),
        ),
      ),
    ];
  }).flat();
}

function simulateSteps(how: Simulation, random: RandomSource): SimulatedStep[] {
  const coin = random.unit();
  return Array.from({ length: STEPS }, () => {
    const step = {
      smallWrong: random.unit() < SMALL_ERROR,
      largeWrong: random.unit() < LARGE_ERROR,
    };
    return { ...step, signal: how.signal(step, random, coin) };
  });
}

function chainRecord(
  place: { readonly problem: string; readonly cluster: string },
  arm: string,
  steps: readonly SimulatedStep[],
  handed: readonly boolean[],
  tokens: number,
): EvalRecord {
  const isRight = steps.every((step, i) => !(handed[i] ? step.largeWrong : step.smallWrong));
  const byLarge = handed.filter(Boolean).length;
  return recordOf({
    ...place,
    arm,
    score: isRight ? 1 : 0,
    usage: { small: usage((STEPS - byLarge) * HANDED_TOKENS), large: usage(byLarge * tokens) },
  });
}

export function armsOf(records: readonly EvalRecord[]): string[] {
  return [...new Set(records.map(({ arm }) => arm))];
}
