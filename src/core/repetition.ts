/** How many ended steps `isRepetition` looks at: two alternating ones, twice. */
export const REPETITION_WINDOW = 4;

/**
 * Does the last step say nothing new? It repeats the step before, or ends an alternation (A B A B).
 * Texts are compared trimmed. An n-gram guard would flag formulas, which repeat for good reasons.
 *
 * @param steps - texts of the ended steps, oldest first
 */
export function isRepetition(steps: readonly string[]): boolean {
  const [last, second, third, fourth] = steps.slice(-REPETITION_WINDOW).reverse();
  if (last === undefined || second === undefined) return false;
  const same = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && a.trim() === b.trim();
  return same(last, second) || (same(last, third) && same(second, fourth));
}
