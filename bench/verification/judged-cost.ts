/** What the judgement of a step took, and large's writing of it at the same place, in turns. */
export interface JudgedCost {
  readonly name: string;
  /** Tokens before the step. */
  readonly context: number;
  readonly rounds: readonly { readonly judgedMs: number; readonly writtenMs: number }[];
}

/** The fastest of the rounds: what else the machine does only adds to a time. */
export function fastest({ rounds }: JudgedCost): {
  readonly judgedMs: number;
  readonly writtenMs: number;
} {
  return {
    judgedMs: Math.min(...rounds.map(({ judgedMs }) => judgedMs)),
    writtenMs: Math.min(...rounds.map(({ writtenMs }) => writtenMs)),
  };
}

/** Judged over written. */
export function ratioOf(cost: JudgedCost): number {
  const { judgedMs, writtenMs } = fastest(cost);
  return judgedMs / writtenMs;
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
