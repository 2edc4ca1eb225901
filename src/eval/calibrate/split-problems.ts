import { GlimpRouterError } from "../../errors.js";
import type { Problem } from "../problems/problem.js";
import { randomSource, shuffle } from "../statistics/random-source.js";

export interface SplitProblems {
  /** Where signal and threshold are chosen. */
  readonly fit: readonly Problem[];
  /** Where they are judged. */
  readonly heldOut: readonly Problem[];
}

/** Intervals over fewer clusters say nothing. */
const LEAST = 4;

export function clusterOf({ id, cluster }: Problem): string {
  return cluster ?? id;
}

/**
 * By clusters: two problems of one template are alike, and must not stand on both sides.
 *
 * @throws GlimpRouterError `invalid_input` where there are too few
 */
export function splitProblems(
  problems: readonly Problem[],
  { share, seed }: { readonly share: number; readonly seed: number },
): SplitProblems {
  const clusters = [...new Set(problems.map(clusterOf))];
  if (clusters.length < 2 * LEAST) {
    throw new GlimpRouterError(
      `There are ${problems.length} problems in ${clusters.length} clusters: a calibration needs ${2 * LEAST} clusters or more, half of them for the choice and half for the verdict. 300 problems see a difference of about 10 points.`,
      { reason: "invalid_input" },
    );
  }
  shuffle(clusters, randomSource(seed));
  const most = clusters.length - LEAST;
  const count = Math.min(most, Math.max(LEAST, Math.round(share * clusters.length)));
  const chosen = new Set(clusters.slice(0, count));
  return {
    fit: problems.filter((problem) => chosen.has(clusterOf(problem))),
    heldOut: problems.filter((problem) => !chosen.has(clusterOf(problem))),
  };
}
