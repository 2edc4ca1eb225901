import type { EvalRecord } from "../eval/records/eval-record.js";
import { type CapturePoint, captureCurve } from "../eval/statistics/capture-curve.js";
import type { Estimate } from "../eval/summary/summary.js";
import { AttainedHere } from "./attained-here.js";
import type { SignalHistogram } from "./charts/signal.js";
import type { ReportedRun } from "./reported-run.js";
import type { RunSignal } from "./signal-of-run.js";
import { outcomeOf, type ProblemOutcomes } from "./thoughts/outcomes.js";

const BINS = 30;

export interface FirstReading {
  /** In the order of the data. */
  readonly outcomes: ReadonlyMap<string, ProblemOutcomes>;
  readonly histogram: SignalHistogram;
  /** Of the problems that small alone gets wrong; empty where there are none. */
  readonly capture: readonly CapturePoint[];
  /** Of what the calibration aimed at; `null` without one. */
  readonly attained: Estimate | null;
}

/** What is kept of all records: a few words of each problem, and one number of each step of the compared arm. */
export async function readFirst(
  { records, run }: ReportedRun,
  { calibration, tau, direction, unit }: RunSignal,
): Promise<FirstReading> {
  const primary = run.primary.arm;
  const outcomes = new Map<string, ProblemOutcomes>();
  const values: number[] = [];
  const attained = calibration === null ? null : new AttainedHere(calibration, primary);
  for await (const record of records()) {
    attained?.add(record);
    if (record.arm === primary) values.push(...highestOfSteps(record));
    if (record.repeat > 0) continue;
    const told = outcomes.get(record.problem) ?? {};
    // With several loads (`--at-once`) the first one's.
    if (record.arm === primary) {
      told.primary ??= outcomeOf(record);
      told.highest ??= Math.max(...highestOfSteps(record));
    }
    if (record.arm === "large") told.large ??= outcomeOf(record);
    if (record.arm === "small") told.small ??= outcomeOf(record);
    outcomes.set(record.problem, told);
  }
  return {
    outcomes,
    histogram: { bins: binsOf(values, tau), tau, direction, unit },
    capture: captureOf([...outcomes.values()], direction),
    attained: attained?.estimate() ?? null,
  };
}

/** Does the signal know WHICH problems are too hard for small? What is handed over first stands first. */
function captureOf(
  outcomes: readonly ProblemOutcomes[],
  direction: RunSignal["direction"],
): readonly CapturePoint[] {
  const told = outcomes.flatMap(({ small, highest = -Infinity }) =>
    small === undefined || !Number.isFinite(highest) ? [] : [{ small, highest }],
  );
  const sign = direction === "above" ? 1 : -1;
  return captureCurve(
    told.map(({ highest }) => sign * highest),
    told.map(({ small }) => !small.isRight),
  );
}

function highestOfSteps({ steps }: EvalRecord): readonly number[] {
  return steps.flatMap(({ decisions }) => {
    const values = decisions.flatMap(({ value }) => (value === null ? [] : [value]));
    return values.length === 0 ? [] : [Math.max(...values)];
  });
}

/** About a thirtieth of the range, such that the lowest value begins a bin, too. */
function widthOf(lo: number, hi: number, edge: number): number {
  const about = hi > lo ? (hi - lo) / BINS : 1;
  return edge > lo ? (edge - lo) / Math.max(1, Math.round((edge - lo) / about)) : about;
}

/** Bins of one width, one of whose edges is the threshold: no bar is half kept and half handed over. */
function binsOf(values: readonly number[], tau: number | null): SignalHistogram["bins"] {
  if (values.length === 0) return [];
  const lo = values.reduce((least, value) => Math.min(least, value), tau ?? Infinity);
  const hi = values.reduce((most, value) => Math.max(most, value), tau ?? -Infinity);
  const edge = tau ?? lo;
  const width = widthOf(lo, hi, edge);
  const first = Math.floor((lo - edge) / width);
  const last = Math.max(first, Math.ceil((hi - edge) / width) - 1);
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const value of values) {
    // A value AT the threshold is not above it.
    const at = Math.min(last, Math.max(first, Math.ceil((value - edge) / width) - 1));
    counts[at - first] = (counts[at - first] ?? 0) + 1;
  }
  return counts.map((count, index) => ({
    from: edge + (first + index) * width,
    to: edge + (first + index + 1) * width,
    count,
  }));
}
