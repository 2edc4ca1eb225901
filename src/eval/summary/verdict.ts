import { bcaBound, bcaInterval, expandedLevel } from "../statistics/bca-interval.js";
import { bootstrapClusters, type Resampled } from "../statistics/cluster-bootstrap.js";
import { indexClusters } from "../statistics/cluster-index.js";
import type { Estimate } from "../statistics/estimate.js";
import { type ArmFigures, pointOver } from "./arm-figures.js";
import { orOpen } from "./compare-arms.js";
import { chanceAt, chordAt } from "./nulls.js";
import { problemsToSettle } from "./problems-to-settle.js";
import type { Verdict, VerdictSays } from "./summary.js";
import { verdictWords } from "./verdict-words.js";

export interface VerdictInput {
  /** Of each problem. */
  readonly clusterOf: readonly string[];
  readonly primary: ArmFigures;
  readonly small: ArmFigures;
  readonly large: ArmFigures;
  /** Small's thought, large's answer: what chance at rate 0 is. */
  readonly smallThought?: ArmFigures | undefined;
  /** Chance at the primary arm's kind of place, one for each rate; without one the chord is the only null. */
  readonly random: readonly ArmFigures[];
  /** d, fixed before the run. */
  readonly margin: number;
  /** Two-sided. @defaultValue 0.05 */
  readonly alpha?: number;
  readonly seed: number;
  /** @defaultValue 5000 */
  readonly draws?: number | undefined;
}

type NullName = "chord" | "random";

/**
 * Does the primary arm gain anything? D is its accuracy less that of the better null at equal cost.
 *
 * D is a least difference, and the least of several noisy differences is no least of true ones: taken inside each
 * draw it leans down, once in the estimate and once more in every draw, so that "no gain worth d" would be said too
 * often. So each null has an interval of its own, from the same draws of clusters, and
 * - the lower bound is the lowest of theirs at alpha/2 each. The arm beats the better null if it beats all of them,
 *   and a claim that needs every one of several tests needs no correction (intersection-union test; Berger,
 *   Technometrics 24, 1982): "gains" is wrong in alpha/2 of the cases at most.
 * - the upper bound is the lowest of theirs at alpha/2 over their number (Bonferroni): any of them would do to say
 *   "no gain", so they share what may go wrong.
 * BCa over clusters, both bounds widened for few of them. Where no draw differs from another, the interval is what
 * as many clusters without a single difference leave open, for an interval of width nothing would be sure of it.
 */
export function verdictOf(input: VerdictInput): Verdict {
  const { alpha = 0.05, margin, clusterOf } = input;
  const clusters = indexClusters(clusterOf);
  const [accuracy, ...resampled] = resample(input, clusters);
  const names: readonly NullName[] = input.random.length === 0 ? ["chord"] : ["chord", "random"];
  const nulls = names.map((name, index) => ({
    name,
    level: resampled[2 * index] as Resampled,
    difference: resampled[2 * index + 1] as Resampled,
  }));
  const lower = expandedLevel(alpha / 2, clusters.count);
  const upper = expandedLevel(1 - alpha / 2 / nulls.length, clusters.count);
  const bounds = nulls.map(({ difference }) =>
    orOpen(boundsOf(difference, lower, upper), clusters.count, alpha),
  );
  const better = nulls.reduce((a, b) => (b.difference.estimate < a.difference.estimate ? b : a));
  const difference = better.difference.estimate;
  const lo = Math.min(...bounds.map((each) => each.lo));
  const hi = Math.max(difference, Math.min(...bounds.map((each) => each.hi)));
  const says = saysOf(lo, hi, margin);
  const levelOf = (name: NullName) => {
    const found = nulls.find((each) => each.name === name);
    return found === undefined ? null : bcaInterval(found.level, alpha);
  };
  const verdict: Omit<Verdict, "words"> = {
    says,
    accuracy: accuracy?.estimate ?? Number.NaN,
    difference,
    lo,
    hi,
    margin,
    null: better.name,
    chord: levelOf("chord"),
    random: levelOf("random"),
    more:
      says === "undecided"
        ? problemsToSettle({ value: difference, lo, hi }, margin, clusterOf.length)
        : null,
  };
  return { ...verdict, words: verdictWords(verdict) };
}

/** The one rule that the whole tool is about. */
export function saysOf(lo: number, hi: number, margin: number): VerdictSays {
  if (lo > 0) return hi < margin ? "gains, less than d" : "gains";
  return hi < margin ? "no gain worth d" : "undecided";
}

/** The primary arm's accuracy; then each null's accuracy, and what the primary arm has more than it. */
function resample(
  input: VerdictInput,
  { of, count }: { readonly of: readonly number[]; readonly count: number },
): Resampled[] {
  const over = (figures: ArmFigures) => pointOver(figures, of, count);
  const [primary, small, large] = [over(input.primary), over(input.small), over(input.large)];
  const ends = [input.smallThought, input.large].filter((each) => each !== undefined);
  const rates = [...ends, ...input.random].map((figures) => ({
    pointIn: over(figures),
    weight: figures.weight ?? 1,
  }));
  return bootstrapClusters(
    count,
    (weights) => {
      const at = primary(weights);
      const nulls = [chordAt(at, small(weights), large(weights))];
      if (input.random.length > 0) {
        const points = rates.map(({ pointIn, weight }) => ({ point: pointIn(weights), weight }));
        nulls.push(chanceAt(at, points));
      }
      return [at.accuracy, ...nulls.flatMap((level) => [level, at.accuracy - level])];
    },
    input,
  );
}

function boundsOf(difference: Resampled, lower: number, upper: number): Estimate {
  return {
    value: difference.estimate,
    lo: bcaBound(difference, lower),
    hi: bcaBound(difference, upper),
  };
}
