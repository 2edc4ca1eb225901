import type { Calibration } from "../../langchain/calibration/calibration.js";
import { auroc, aurocOver } from "../statistics/auroc.js";
import { captureAt, captureCurve } from "../statistics/capture-curve.js";
import { bootstrapClusters, type Resampled } from "../statistics/cluster-bootstrap.js";
import { indexClusters } from "../statistics/cluster-index.js";
import { clusterInterval } from "../statistics/cluster-interval.js";
import type { Estimate } from "../statistics/estimate.js";
import { permutationNull } from "../statistics/permutation-null.js";
import { withinAurocOver } from "../statistics/within-auroc.js";
import { gainOf, type KnownBefore, type ValuedBranches } from "./effect-of-signal.js";
import { placeOf, type Signal } from "./menu.js";
import type { Row } from "./signal-values.js";

export type ScoredSignal = Calibration["signals"][number];

/** A signal with its values at the occasions of its own kind of place. */
export interface ValuedSignal {
  readonly signal: Signal;
  readonly rows: readonly Row[];
  readonly values: readonly number[];
  readonly branches: ValuedBranches;
}

export interface Scoring {
  /** `null`: no answer was checked. */
  readonly before: ReadonlyMap<string, KnownBefore> | null;
  readonly seed: number;
}

const QUARTER = 0.25;
const DRAWS = 1000;

/** What each signal of a menu says, on the problems on which one of them is chosen. */
export function scoreSignals(
  menu: readonly ValuedSignal[],
  { before, seed }: Scoring,
): readonly ScoredSignal[] {
  const labelled = menu.map(labelledOf);
  const p = permutedOf(labelled, seed);
  return menu.map((valued, index) => {
    const { signal, rows, values, branches } = valued;
    const told = before === null ? null : gainOf(rows, values, before, branches);
    const own = labelled[index] ?? NONE;
    const areas = areasOf(own, seed);
    const positives = own.positive.filter(Boolean).length;
    return {
      name: signal.name,
      dummy: signal.kind === "dummy",
      gain: told && { value: told.value, lo: told.lo, hi: told.hi },
      fromBranches: told?.fromBranches ?? null,
      ...areas,
      p: p.get(signal.name) ?? null,
      capture25:
        positives === 0 ? null : captureAt(captureCurve(own.values, own.positive), QUARTER),
      n: rows.length,
      positives: own.values.length === 0 ? null : positives,
    };
  });
}

interface Labelled {
  readonly name: string;
  readonly place: string;
  readonly values: readonly number[];
  readonly positive: readonly boolean[];
  readonly problemOf: readonly string[];
  readonly clusterOf: readonly string[];
}

const NONE: Labelled = {
  name: "",
  place: "",
  values: [],
  positive: [],
  problemOf: [],
  clusterOf: [],
};

function labelledOf({ signal, rows, values }: ValuedSignal): Labelled {
  const kept = rows.flatMap((row, index) =>
    row.bad === null ? [] : [{ ...row, bad: row.bad, value: values[index] ?? Number.NaN }],
  );
  return {
    name: signal.name,
    place: rowsKind(signal),
    values: kept.map(({ value }) => value),
    positive: kept.map(({ bad }) => bad),
    problemOf: kept.map(({ problem }) => problem),
    clusterOf: kept.map(({ cluster }) => cluster),
  };
}

/** Signals that are seen at the same occasions. */
function rowsKind(signal: Signal): string {
  if (signal.kind === "judge") return "judged";
  const place = placeOf(signal);
  return place === "start" ? place : place.name;
}

/** Signals of one kind of place share their labels, and so their shuffles. */
function permutedOf(labelled: readonly Labelled[], seed: number): ReadonlyMap<string, number> {
  const places = new Set(labelled.map(({ place }) => place));
  const found = [...places].flatMap((place) => {
    const alike = labelled.filter((each) => each.place === place);
    const [{ positive, problemOf } = NONE] = alike;
    if (!positive.includes(true) || !positive.includes(false)) return [];
    return permutationNull(alike, { positive, problemOf }, { draws: DRAWS, seed });
  });
  return new Map(found.flatMap(({ name, within, p }) => (Number.isNaN(within) ? [] : [[name, p]])));
}

function areasOf(
  { values, positive, problemOf, clusterOf }: Labelled,
  seed: number,
): { readonly auroc: Estimate | null; readonly within: Estimate | null } {
  if (!Number.isFinite(auroc(values, positive))) return { auroc: null, within: null };
  const { of, count } = indexClusters(clusterOf);
  const pooled = aurocOver(values, positive, of);
  const within = withinAurocOver({ values, positive, problemOf }, of);
  const [one, other] = bootstrapClusters(count, (weights) => [pooled(weights), within(weights)], {
    draws: DRAWS,
    seed,
  });
  return { auroc: intervalOf(one, count), within: intervalOf(other, count) };
}

/** An area is 0 to 1, however few the clusters. */
function intervalOf(resampled: Resampled | undefined, clusters: number): Estimate | null {
  if (resampled === undefined || !Number.isFinite(resampled.estimate)) return null;
  const { value, lo, hi } = clusterInterval(resampled, clusters);
  return Number.isNaN(lo) || Number.isNaN(hi)
    ? null
    : { value, lo: Math.max(0, lo), hi: Math.min(1, hi) };
}
