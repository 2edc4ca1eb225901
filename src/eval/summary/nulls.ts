import { heightAt, isotonicCurve } from "../statistics/isotonic-regression.js";
import type { ArmPoint } from "./arm-figures.js";

/**
 * What a coin tossed once a question between small alone and large alone reaches for what `at` costs. Where `at`
 * costs more than large alone, the coin is large alone.
 */
export function chordAt(at: ArmPoint, small: ArmPoint, large: ArmPoint): number {
  const gap = large.accuracy - small.accuracy;
  return small.accuracy + coinFor(at, small, large) * gap;
}

/** Share of the questions that such a coin gives to large, 0 to 1. */
export function coinFor(at: ArmPoint, small: ArmPoint, large: ArmPoint): number {
  const share = (at.largeTokens - small.largeTokens) / (large.largeTokens - small.largeTokens);
  return Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share));
}

/**
 * What chance at the same kind of place reaches at the cost of `at`: the isotonic curve through the rates that were
 * run, straight between them. Level outside of them: below the cheapest it is what a dearer one reaches, which is
 * too much rather than too little.
 *
 * @param rates - one point for each rate, and what stands for the rates 0 (small's thought, large's answer) and 1
 * (large alone), where they were run
 */
export function chanceAt(
  at: ArmPoint,
  rates: readonly { readonly point: ArmPoint; readonly weight: number }[],
): number {
  const curve = isotonicCurve(
    rates.map(({ point, weight }) => ({ x: point.largeTokens, y: point.accuracy, weight })),
  );
  return heightAt(curve, at.largeTokens);
}
