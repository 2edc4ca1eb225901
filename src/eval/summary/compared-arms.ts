import type { ArmFigures } from "./arm-figures.js";
import { armsByRate, commonProblems, figuresOn, type Gathered } from "./gather-replies.js";

/** The arms that a verdict and the closed gap are about, problem by problem. */
export interface ComparedArms {
  /** Of each problem. */
  readonly clusterOf: readonly string[];
  readonly primary: ArmFigures;
  readonly small: ArmFigures;
  readonly large: ArmFigures;
  /** Small's thought, large's answer: what chance at rate 0 is. */
  readonly smallThought: ArmFigures | undefined;
  /** Chance at the primary arm's kind of place, one for each rate. */
  readonly random: readonly ArmFigures[];
  /** The calibrated points, the primary arm among them. */
  readonly routed: readonly ArmFigures[];
}

/** What verdict and gap compare, on the problems that all of them have answered; `null` where an arm is missing. */
export function comparedArms(gathered: Gathered, primary: string): ComparedArms | null {
  const rates = [...armsByRate(gathered)];
  const needed = ["small", "large", primary, ...rates.flatMap(([, seeds]) => seeds)];
  const problems = commonProblems(gathered, needed);
  if (problems.length < 2) return null;
  const figures = (name: string, seeds?: readonly string[]) =>
    figuresOn(gathered, name, problems, seeds);
  const isWhole = (arm: string) => problems.every((id) => gathered.arms.get(arm)?.has(id) === true);
  const points = [...gathered.arms.keys()].filter(
    (arm) => arm === primary || arm === "routed" || arm.startsWith("routed@"),
  );
  return {
    clusterOf: clustersOf(gathered, problems),
    primary: figures(primary),
    small: figures("small"),
    large: figures("large"),
    smallThought: isWhole("small-thought") ? figures("small-thought") : undefined,
    random: rates.map(([rate, seeds]) => figures(rate, seeds)),
    routed: points.filter(isWhole).map((arm) => figures(arm)),
  };
}

export function clustersOf(gathered: Gathered, problems: readonly string[]): string[] {
  return problems.map((problem) => gathered.clusterOf.get(problem) ?? problem);
}
