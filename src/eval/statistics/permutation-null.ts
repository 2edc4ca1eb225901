import { randomSource, shuffle } from "./random-source.js";
import { itemsByProblem, withinAuroc } from "./within-auroc.js";

/** One signal of a menu: its name, and its value at every item. */
export interface MenuSignal {
  readonly name: string;
  readonly values: readonly number[];
}

/** How a signal stands against chance. */
export interface PermutationResult {
  readonly name: string;
  readonly within: number;
  /** Corrected for the whole menu: how often the BEST signal of a menu that knows nothing does as well. */
  readonly p: number;
}

/**
 * The labels are shuffled inside each problem, so that a signal that tells hard problems from easy ones, but no
 * place from another, gains nothing; and each signal is compared with the best one of every shuffle, since the best
 * of a menu looks good by chance alone. Statistic: AUROC within problems, one-sided, direction fixed.
 *
 * Source: single-step maxT of Westfall and Young, Resampling-Based Multiple Testing, 1993;
 * p = (1 + exceedances) / (1 + draws), Phipson and Smyth 2010.
 */
export function permutationNull(
  menu: readonly MenuSignal[],
  items: { readonly positive: readonly boolean[]; readonly problemOf: readonly string[] },
  options: { readonly draws?: number; readonly seed: number },
): PermutationResult[] {
  const problems = itemsByProblem(items.problemOf)
    .map((group) => ({ group, positives: group.filter((item) => items.positive[item]).length }))
    // Problems of one kind only have no pairs, whatever is shuffled.
    .filter(({ group, positives }) => positives > 0 && positives < group.length);
  const pairs = problems.reduce((sum, { group, positives: n }) => sum + n * (group.length - n), 0);
  const lowest = problems.reduce((sum, { positives: n }) => sum + (n * (n + 1)) / 2, 0);
  const ranks = menu.map(({ values }) => problems.map(({ group }) => midranks(group, values)));

  const random = randomSource(options.seed);
  const observed = menu.map(({ values }) => withinAuroc({ values, ...items }));
  const exceeded = menu.map(() => 0);
  const draws = options.draws ?? 5000;
  const places = problems.map(({ group }) => group.map((_, place) => place));
  for (let draw = 0; draw < draws; draw++) {
    for (const order of places) shuffle(order, random);
    const best = Math.max(
      ...ranks.map((ranked) => (drawnRanks(ranked, problems, places) - lowest) / pairs),
    );
    observed.forEach((area, signal) => {
      // Sums of the same ranks in another order differ in their last digits.
      if (best >= area - 1e-12) exceeded[signal] = (exceeded[signal] ?? 0) + 1;
    });
  }
  return menu.map(({ name }, signal) => ({
    name,
    within: observed[signal] ?? Number.NaN,
    p: (1 + (exceeded[signal] ?? 0)) / (1 + draws),
  }));
}

/** Sum of the ranks that the shuffled positives have: the first places of each problem's order. */
function drawnRanks(
  ranked: readonly (readonly number[])[],
  problems: readonly { readonly positives: number }[],
  places: readonly (readonly number[])[],
): number {
  let sum = 0;
  problems.forEach(({ positives }, problem) => {
    for (let index = 0; index < positives; index++) {
      sum += ranked[problem]?.[places[problem]?.[index] ?? 0] ?? 0;
    }
  });
  return sum;
}

/** Ranks from 1 of a group's values, in the group's order; tied values share their mean rank. */
function midranks(group: readonly number[], values: readonly number[]): number[] {
  const own = group.map((item) => values[item] ?? Number.NaN);
  return own.map((value) => {
    const below = own.filter((other) => other < value).length;
    const tied = own.filter((other) => other === value).length;
    return below + (tied + 1) / 2;
  });
}
