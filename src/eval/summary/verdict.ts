import { bootstrapClusters, type Resampled } from "../statistics/cluster-bootstrap.js";
import { indexClusters } from "../statistics/cluster-index.js";
import { clusterBound, clusterInterval, orOpen } from "../statistics/cluster-interval.js";
import type { Estimate } from "../statistics/estimate.js";
import { type ArmFigures, pointOver } from "./arm-figures.js";
import { asDifference } from "./compare-arms.js";
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

/** What the primary arm is compared with: its accuracy at the primary arm's cost, and what the arm has more. */
interface Null {
  readonly name: Verdict["null"];
  readonly level: Resampled;
  readonly difference: Resampled;
}

/**
 * Does the primary arm gain anything? D is its accuracy less that of the best null at equal cost. The nulls: the
 * chord, which is a coin per question, or the coin that always says small, where large is no better; and chance.
 *
 * D is a least difference, and the least of several noisy differences is no least of true ones: taken inside each
 * draw it leans down, once in the estimate and once more in every draw, so that "no gain worth d" would be said too
 * often. So each null has an interval of its own, from the same draws of clusters, and
 * - the lower bound is the lowest of theirs at alpha/2 each. The arm beats the best null if it beats all of them,
 *   and a claim that needs every one of several tests needs no correction (intersection-union test; Berger,
 *   Technometrics 24, 1982): "gains" is wrong in alpha/2 of the cases at most.
 * - the upper bound is the lowest of theirs at alpha/2 over their number (Bonferroni): any of them would do to say
 *   "no gain", so they share what may go wrong.
 * The intervals are `clusterInterval`'s.
 */
export function verdictOf(input: VerdictInput): Verdict {
  const { alpha = 0.05, margin, clusterOf } = input;
  const { of, count } = indexClusters(clusterOf);
  const { accuracy, coin, small, chance } = resample(input, of, count);
  const nulls = [coin, small, ...chance];
  const better = betterOf(nulls);
  const value = better.difference.estimate;
  const bound = (each: Null, level: number) => clusterBound(each.difference, count, level);
  const raw = {
    value,
    lo: Math.min(...nulls.map((each) => bound(each, alpha / 2))),
    hi: Math.min(...nulls.map((each) => bound(each, 1 - alpha / 2 / nulls.length))),
  };
  const { lo, hi } = asDifference(orOpen({ ...raw, hi: Math.max(value, raw.hi) }, count, alpha));
  const says = saysOf(lo, hi, margin);
  const [ofChance] = chance;
  const verdict: Omit<Verdict, "words"> = {
    says,
    accuracy: accuracy.estimate,
    difference: value,
    lo,
    hi,
    margin,
    null: better.name,
    chord: asAccuracy(clusterInterval(betterOf([coin, small]).level, count, alpha)),
    random:
      ofChance === undefined ? null : asAccuracy(clusterInterval(ofChance.level, count, alpha)),
    more:
      says === "undecided" ? problemsToSettle({ value, lo, hi }, margin, clusterOf.length) : null,
  };
  return { ...verdict, words: verdictWords(verdict) };
}

/** The one rule that the whole tool is about. */
export function saysOf(lo: number, hi: number, margin: number): VerdictSays {
  if (lo > 0) return hi < margin ? "gains, less than d" : "gains";
  return hi < margin ? "no gain worth d" : "undecided";
}

function asAccuracy({ value, lo, hi }: Estimate): Estimate {
  return { value, lo: Math.max(0, lo), hi: Math.min(1, hi) };
}

function betterOf(nulls: readonly Null[]): Null {
  return nulls.reduce((a, b) => (b.difference.estimate < a.difference.estimate ? b : a));
}

function resample(input: VerdictInput, clusterOf: readonly number[], clusters: number) {
  const over = (figures: ArmFigures) => pointOver(figures, clusterOf, clusters);
  const [primary, small, large] = [over(input.primary), over(input.small), over(input.large)];
  const ends = [input.smallThought, input.large].filter((each) => each !== undefined);
  const rates = [...ends, ...input.random].map((figures) => ({
    pointIn: over(figures),
    weight: figures.weight ?? 1,
  }));
  const [accuracy, ...nulls] = bootstrapClusters(
    clusters,
    (weights) => {
      const at = primary(weights);
      const alone = small(weights);
      const levels = [chordAt(at, alone, large(weights)), alone.accuracy];
      if (input.random.length > 0) {
        const points = rates.map(({ pointIn, weight }) => ({ point: pointIn(weights), weight }));
        levels.push(chanceAt(at, points));
      }
      return [at.accuracy, ...levels.flatMap((level) => [level, at.accuracy - level])];
    },
    input,
  );
  const nullAt = (name: Verdict["null"], index: number): Null => ({
    name,
    level: nulls[2 * index] as Resampled,
    difference: nulls[2 * index + 1] as Resampled,
  });
  return {
    accuracy: accuracy as Resampled,
    coin: nullAt("chord", 0),
    small: nullAt("chord", 1),
    chance: input.random.length === 0 ? [] : [nullAt("random", 2)],
  };
}
