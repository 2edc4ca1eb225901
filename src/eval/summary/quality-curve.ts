import { heightAt, isotonicCurve, reachedAt } from "../statistics/isotonic-regression.js";
import type { ArmPoint } from "./arm-figures.js";

/** How much of the gap from small alone to large alone is closed at a cost, both 0 to 1; rising in both. */
export interface RecoveredPoint {
  readonly cost: number;
  readonly recovered: number;
}

/**
 * The isotonic curve of a family of arms (one point at several thresholds, one kind of chance at several rates), ends
 * included, as shares: cost over large alone's, accuracy over the gap (PGR).
 *
 * Source: performance gap recovered, RouteLLM, arXiv 2406.18665, over cost in the place of calls.
 */
export function recoveredCurve(
  family: readonly ArmPoint[],
  small: ArmPoint,
  large: ArmPoint,
): RecoveredPoint[] {
  const gap = large.accuracy - small.accuracy;
  const points = [small, ...family, large].map(({ largeTokens, accuracy }) => ({
    x: largeTokens / large.largeTokens,
    y: (accuracy - small.accuracy) / gap,
  }));
  return isotonicCurve(points).map(({ x, y }) => ({ cost: x, recovered: y }));
}

/** Mean of the curve over costs from 0 to 1 (APGR): 0.5 is what a coin per question has. */
export function averageRecovered(curve: readonly RecoveredPoint[]): number {
  const inside = curve.map(({ cost }) => cost).filter((cost) => cost > 0 && cost < 1);
  const costs = [0, ...inside, 1];
  return costs.reduce((area, cost, index) => {
    const before = costs[index - 1];
    if (before === undefined) return area;
    const height = recoveredAt(curve, before) + recoveredAt(curve, cost);
    return area + ((cost - before) * height) / 2;
  }, 0);
}

export function recoveredAt(curve: readonly RecoveredPoint[], cost: number): number {
  return heightAt(curve.map(toXy), cost);
}

/** Least cost at which a share of the gap is closed (CPT); `null` where it is not. */
export function costToRecover(curve: readonly RecoveredPoint[], share: number): number | null {
  return reachedAt(curve.map(toXy), share);
}

function toXy({ cost, recovered }: RecoveredPoint) {
  return { x: cost, y: recovered };
}
