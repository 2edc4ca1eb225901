import { kindsOf, type ProblemOutcomes } from "./outcomes.js";

/**
 * The problems that tell most: those on which routed and large disagree, gains and losses in turn, so that neither
 * fills the list; then replies without an answer and those that differ from small's; then the others. Within
 * each, the order of the data.
 */
export function chooseProblems(
  outcomes: ReadonlyMap<string, ProblemOutcomes>,
  most: number,
): readonly string[] {
  const gained: string[] = [];
  const lost: string[] = [];
  const troubled: string[] = [];
  const unlikeSmall: string[] = [];
  const others: string[] = [];
  for (const [problem, each] of outcomes) {
    const kinds = kindsOf(each);
    if (kinds.includes("routed right, large wrong")) gained.push(problem);
    else if (kinds.includes("routed wrong, large right")) lost.push(problem);
    else if (each.primary !== undefined && each.primary.status !== "ok") troubled.push(problem);
    else if (differs(each)) unlikeSmall.push(problem);
    else others.push(problem);
  }
  return [...inTurn(gained, lost), ...inTurn(troubled, unlikeSmall), ...others].slice(0, most);
}

function differs({ primary, small }: ProblemOutcomes): boolean {
  return primary !== undefined && small !== undefined && primary.isRight !== small.isRight;
}

function inTurn(some: readonly string[], others: readonly string[]): readonly string[] {
  const rounds = Math.max(some.length, others.length);
  return Array.from({ length: rounds }, (_, round) => [
    ...some.slice(round, round + 1),
    ...others.slice(round, round + 1),
  ]).flat();
}
