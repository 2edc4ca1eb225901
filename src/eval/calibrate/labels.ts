import type { Problem } from "../problems/problem.js";
import type { EvalRecord } from "../records/eval-record.js";
import type { LabelFunction } from "./calibrate-options.js";
import type { SeenOccasion } from "./seen-occasions.js";

export const NO_LABEL = null;

/** Of each occasion of a reply: was small's version a bad one? `null`: not known. */
export type Label = (
  problem: Problem,
  record: EvalRecord,
  seen: readonly SeenOccasion[],
  /** Which of the problem's replies it is. */
  draw: number,
) => Promise<readonly (boolean | null)[]>;

/**
 * A step that was handed over has two versions, small's draft and large's own: they are compared. Large's is known behind the
 * very same thought, and at no request.
 */
export function comparedSteps(compare: LabelFunction): Label {
  return (problem, record, seen) =>
    Promise.all(
      seen.map(async ({ handedOver, draft, step }) => {
        const byLarge = record.steps.find((each) => each.step === step);
        if (!handedOver || draft === "" || byLarge === undefined) return NO_LABEL;
        return compare(draft, byLarge.text, problem);
      }),
    );
}

const NUMBER = /[-−]?\p{Nd}+(?:[.,\u00a0\u202f]\p{Nd}+)*/gu;

/** Bad where the last numbers differ; steps without one are not compared: they say in words what cannot be counted. */
export const otherNumber: LabelFunction = (smallStep, largeStep) => {
  const [small, large] = [lastNumber(smallStep), lastNumber(largeStep)];
  return small === null || large === null ? NO_LABEL : small !== large;
};

function lastNumber(step: string): string | null {
  const last = step.match(NUMBER)?.at(-1);
  return last === undefined ? null : last.replace("−", "-").replace(/[.,\u00a0\u202f]/g, "");
}
