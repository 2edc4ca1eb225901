import { bootstrapClusters, type Resampled } from "../statistics/cluster-bootstrap.js";
import { indexClusters } from "../statistics/cluster-index.js";
import { clusterInterval } from "../statistics/cluster-interval.js";
import { type ArmFigures, pointOver } from "./arm-figures.js";
import { asDifference, type ComparisonOptions } from "./compare-arms.js";
import { averageRecovered, costToRecover, recoveredCurve } from "./quality-curve.js";
import type { Reached, RecoveredGap } from "./summary.js";

export interface GapInput {
  /** Of each problem. */
  readonly clusterOf: readonly string[];
  readonly primary: ArmFigures;
  readonly small: ArmFigures;
  readonly large: ArmFigures;
  /** Small's thought, large's answer: what every family has at its cheap end. */
  readonly smallThought?: ArmFigures | undefined;
  /** The calibrated points, the primary arm among them. */
  readonly routed: readonly ArmFigures[];
  /** Chance at the primary arm's kind of place, one for each rate. */
  readonly random: readonly ArmFigures[];
}

/** Shares of the gap whose price is told (CPT). */
const SHARES = [0.5, 0.8] as const;

/**
 * How far the way from small alone to large alone was gone, and for what. Shares of the gap are told only where the
 * gap's interval lies above 0: a share of nothing is no number.
 */
export function recoveredGap(input: GapInput, options: ComparisonOptions): RecoveredGap {
  const { alpha } = options;
  const resampled = resample(input, options);
  const clusters = new Set(input.clusterOf).size;
  const interval = (index: number) =>
    clusterInterval(resampled[index] as Resampled, clusters, alpha);
  const gap = asDifference(interval(0));
  if (!(gap.lo > 0)) return { gap, recovered: null, average: null, reached: [] };
  const hasChance = input.random.length > 0;
  const ofChance = 2 + 1 + SHARES.length;
  return {
    gap,
    recovered: interval(1),
    average: { routed: interval(2), chance: hasChance ? interval(ofChance) : null },
    reached: SHARES.map((share, index) => ({
      share,
      routed: reachedOf(resampled[3 + index] as Resampled, alpha),
      chance: hasChance ? reachedOf(resampled[ofChance + 1 + index] as Resampled, alpha) : null,
    })),
  };
}

/** Gap, the primary arm's share of it; then of each family its average, and its price of each share. */
function resample(input: GapInput, options: ComparisonOptions): Resampled[] {
  const { of, count } = indexClusters(input.clusterOf);
  const over = (figures: ArmFigures) => pointOver(figures, of, count);
  const [primary, small, large] = [over(input.primary), over(input.small), over(input.large)];
  const cheap = input.smallThought === undefined ? [] : [over(input.smallThought)];
  const families = [input.routed, input.random]
    .filter((family) => family.length > 0)
    .map((family) => [...cheap, ...family.map(over)]);
  const figures = 2 + families.length * (1 + SHARES.length);
  return bootstrapClusters(
    count,
    (weights) => {
      const [none, all] = [small(weights), large(weights)];
      const gap = all.accuracy - none.accuracy;
      // Shares of no gap: a draw in which they are not defined.
      if (!(gap > 0)) return [gap, ...new Array<number>(figures - 1).fill(Number.NaN)];
      const ofFamilies = families.flatMap((family) => {
        const points = family.map((pointIn) => pointIn(weights));
        const curve = recoveredCurve(points, none, all);
        const prices = SHARES.map((share) => costToRecover(curve, share));
        return [
          averageRecovered(curve),
          ...prices.map((price) => price ?? Number.POSITIVE_INFINITY),
        ];
      });
      return [gap, (primary(weights).accuracy - none.accuracy) / gap, ...ofFamilies];
    },
    options,
  );
}

/** By percentiles, since "not reached" is a draw like any other, dearer than all. */
function reachedOf({ estimate, draws }: Resampled, alpha: number): Reached {
  const priceAt = (level: number) => {
    const place = level * (draws.length - 1);
    return finite(level < 0.5 ? draws[Math.floor(place)] : draws[Math.ceil(place)]);
  };
  return { cost: finite(estimate), lo: priceAt(alpha / 2), hi: priceAt(1 - alpha / 2) };
}

function finite(price: number | undefined): number | null {
  return price !== undefined && Number.isFinite(price) ? price : null;
}
