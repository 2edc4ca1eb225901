import type { Estimate } from "../statistics/estimate.js";
import type { ScoredSignal, ValuedSignal } from "./score-signals.js";
import { waitsForStep } from "./waits-for-step.js";

export interface ChosenSignal {
  readonly valued: ValuedSignal;
  readonly scored: ScoredSignal;
  /** What tells most, where another was taken that waits less; `null`: the same. */
  readonly best: ScoredSignal | null;
  /** The dummy that tells as much, or more; `null`: none does. */
  readonly dummy: ScoredSignal | null;
}

/**
 * The signal to route by, dummies apart, and whether one of them tells as much. What tells most is told by the lower bound:
 * some are seen in fewer replies than others, and the highest of noisy figures is the noisiest. Of the points within one
 * standard error of it (Breiman's rule) the first is taken that does not make a whole step wait, else the first.
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
    return score === undefined || tells === null ? [] : [{ valued, scored: score, tells }];
  });
  const best = bestOf(all.filter((each) => !each.scored.dummy));
  const dummy = highest(all.filter((each) => each.scored.dummy));
  if (best === null) return null;
  const isBeaten = dummy !== null && dummy.tells.lo >= best.tells.lo;
  const taken = cheapestAsGood(all, best);
  return {
    valued: taken.valued,
    scored: taken.scored,
    best: taken === best ? null : best.scored,
    dummy: isBeaten ? dummy.scored : null,
  };
}

interface Told {
  readonly valued: ValuedSignal;
  readonly scored: ScoredSignal;
  readonly tells: Estimate;
}

/** A judge is asked at each step, a point at none: it must be better beyond doubt. */
function bestOf(all: readonly Told[]): Told | null {
  const point = highest(all.filter((each) => !isJudge(each)));
  const judge = highest(all.filter(isJudge));
  return point === null || (judge !== null && judge.tells.lo > point.tells.value) ? judge : point;
}

function cheapestAsGood(all: readonly Told[], best: Told): Told {
  if (isJudge(best)) return best;
  const { value, lo, hi } = best.tells;
  const least = value - (hi - lo) / (2 * 1.96);
  const asGood = all.filter(
    (each) => !isJudge(each) && !each.scored.dummy && each.tells.value >= least,
  );
  const early = ({ valued: { signal } }: Told) =>
    signal.kind === "point" && !waitsForStep(signal.point);
  return asGood.find(early) ?? asGood[0] ?? best;
}

function isJudge({ valued }: Told): boolean {
  return valued.signal.kind === "judge";
}

/** Within problems: a signal that knows hard problems only does not know where to hand over. */
export function tellsOf(
  { gain, within, auroc }: ScoredSignal,
  by: "gain" | "label",
): Estimate | null {
  return by === "gain" ? gain : (within ?? auroc);
}

function highest(all: readonly Told[]): Told | null {
  return all.reduce<Told | null>(
    (best, each) => (best === null || each.tells.lo > best.tells.lo ? each : best),
    null,
  );
}
