/** What some work took. */
export interface Spent {
  readonly ms: number;
  /** Of the server alone, by the tokens that it read and wrote; `null` where there is none. */
  readonly servedMs: number | null;
}

/** What the judgement of a step took, and large's writing of it at the same place, in turns. */
export interface JudgedCost {
  readonly name: string;
  /** Tokens before the step. */
  readonly context: number;
  readonly rounds: readonly { readonly judged: Spent; readonly written: Spent }[];
}

/** The fastest of the rounds: what else the machine does only adds to a time. */
export function fastest({ rounds }: JudgedCost): Readonly<Record<"judged" | "written", Spent>> {
  const best = (spent: readonly Spent[]) => {
    const served = spent.flatMap(({ servedMs }) => servedMs ?? []);
    return {
      ms: Math.min(...spent.map(({ ms }) => ms)),
      servedMs: served.length === 0 ? null : Math.min(...served),
    };
  };
  return {
    judged: best(rounds.map(({ judged }) => judged)),
    written: best(rounds.map(({ written }) => written)),
  };
}

/** Judged over written. */
export function ratioOf(cost: JudgedCost): number {
  const { judged, written } = fastest(cost);
  return judged.ms / written.ms;
}

/** The same of the server's own time. */
export function servedRatioOf(cost: JudgedCost): number {
  const { judged, written } = fastest(cost);
  return (judged.servedMs ?? Number.NaN) / (written.servedMs ?? Number.NaN);
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
