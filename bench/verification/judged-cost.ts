import { median } from "../statistics.js";

/** What the judgement of a step took, and large's writing of it at the same place. */
export interface JudgedCost {
  readonly name: string;
  /** Tokens before the step. */
  readonly context: number;
  readonly rounds: readonly { readonly judgedMs: number; readonly writtenMs: number }[];
}

/** Judged over written, median of the rounds: each is of the same moment. */
export function ratioOf({ rounds }: JudgedCost): number {
  return median(rounds.map(({ judgedMs, writtenMs }) => judgedMs / writtenMs));
}

/** The context at which a judgement costs what writing does, between the two that were measured around it. */
export function breakEven(curve: readonly JudgedCost[]): number | null {
  for (const [index, above] of curve.entries()) {
    const below = curve[index - 1];
    if (below === undefined || ratioOf(above) < 1 || ratioOf(below) >= 1) continue;
    const share = (1 - ratioOf(below)) / (ratioOf(above) - ratioOf(below));
    return below.context + share * (above.context - below.context);
  }
  return null;
}
