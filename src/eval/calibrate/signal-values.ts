import type { DrawnReply } from "./draw-replies.js";
import type { Signal } from "./menu.js";

/** One occasion of a drawn reply, flat. */
export interface Row {
  readonly problem: string;
  readonly cluster: string;
  readonly step: number;
  readonly handedOver: boolean;
  readonly rate: number;
  readonly score: number;
  readonly tokens: number;
  readonly values: Readonly<Record<string, number>>;
  readonly bad: boolean | null;
}

export function rowsOf(replies: readonly DrawnReply[]): readonly Row[] {
  return replies.flatMap(({ reply: { problem, cluster, score }, rate, occasions }) =>
    occasions.map(({ step, handedOver, tokens, values, bad }) => ({
      problem,
      cluster,
      rate,
      score,
      step,
      handedOver,
      tokens,
      values,
      bad,
    })),
  );
}

/** A signal's values, rising with doubt; what did not ask in a step is below all that did, since it would stay small's. */
export function valuesOf(signal: Signal, rows: readonly Row[]): readonly number[] {
  if (signal.kind !== "point") return rows.map(({ values }) => values[signal.name] ?? NOT_ASKED);
  const sign = signal.direction === "below" ? -1 : 1;
  return rows.map(({ values }) => {
    const value = values[signal.point.name];
    return value === undefined ? NOT_ASKED : sign * value;
  });
}

const NOT_ASKED = Number.NEGATIVE_INFINITY;
