import type { Estimate } from "../statistics/estimate.js";
import type { ScoredSignal, ValuedSignal } from "./score-signals.js";

export interface ChosenSignal {
  readonly valued: ValuedSignal;
  readonly scored: ScoredSignal;
  /** The dummy that tells as much, or more; `null`: none does. */
  readonly dummy: ScoredSignal | null;
}

/**
 * The signal that tells most for certain (by the lower bound: some are seen in fewer replies than others, and the highest of
 * noisy figures is the noisiest), dummies apart; and whether one of them tells as much.
 *
 * @param by - what signals are compared by
 * @returns `null` where nothing can be told of any
 */
export function chooseSignal(
  menu: readonly ValuedSignal[],
  scored: readonly ScoredSignal[],
  by: "gain" | "label",
): ChosenSignal | null {
  const all = menu.flatMap((valued, index) => {
    const score = scored[index];
    const tells = score === undefined ? null : tellsOf(score, by);
    if (score === undefined || tells === null) return [];
    return [{ valued, scored: score, tells: tells.lo, value: tells.value }];
  });
  const best = bestOf(all.filter((each) => !each.scored.dummy));
  const dummy = highest(all.filter((each) => each.scored.dummy));
  if (best === null) return null;
  const isBeaten = dummy !== null && dummy.tells >= best.tells;
  return { valued: best.valued, scored: best.scored, dummy: isBeaten ? dummy.scored : null };
}

interface Told {
  readonly valued: ValuedSignal;
  /** Lower bound. */
  readonly tells: number;
  readonly value: number;
}

/** A judge is asked at each step, a point at none: it must be better beyond doubt. */
function bestOf<Each extends Told>(all: readonly Each[]): Each | null {
  const isJudge = ({ valued }: Told) => valued.signal.kind === "judge";
  const point = highest(all.filter((each) => !isJudge(each)));
  const judge = highest(all.filter(isJudge));
  return point === null || (judge !== null && judge.tells > point.value) ? judge : point;
}

/** Within problems: a signal that knows hard problems only does not know where to hand over. */
export function tellsOf(
  { gain, within, auroc }: ScoredSignal,
  by: "gain" | "label",
): Estimate | null {
  return by === "gain" ? gain : (within ?? auroc);
}

function highest<Each extends { readonly tells: number }>(all: readonly Each[]): Each | null {
  return all.reduce<Each | null>(
    (best, each) => (best === null || each.tells > best.tells ? each : best),
    null,
  );
}
