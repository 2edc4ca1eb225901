import { blend as blendPoint } from "../../core/points/blend.js";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { auroc } from "../statistics/auroc.js";
import { logisticOf, ridgeLogistic } from "../statistics/ridge-logistic.js";
import type { Row } from "./signal-values.js";

/** As many as a blend takes. */
const MOST = 8;
const RIDGE = 1;

export interface FittedBlend {
  readonly point: GlimpsePoint;
  chanceOf(row: Row): number;
}

/**
 * Several signals as one, by logistic regression with a ridge: of the label where steps have one, else of "the reply went wrong
 * and small wrote the step". What did not ask counts with 0, as in the point.
 *
 * @param points - what may be its features
 * @returns `null` where there is nothing to learn: one kind of step alone, or fewer than two signals that vary
 */
export function fitBlend(
  rows: readonly Row[],
  points: readonly GlimpsePoint[],
): FittedBlend | null {
  const labelled = rows.flatMap((row) => {
    const bad = badnessOf(row);
    return bad === null ? [] : [{ row, bad }];
  });
  const bad = labelled.map((each) => each.bad);
  const features = points
    .filter(({ name }) => new Set(labelled.map(({ row }) => row.values[name] ?? 0)).size > 1)
    .map((point) => ({ point, says: saysOf(point.name, labelled) }))
    .sort((a, b) => b.says - a.says)
    .slice(0, MOST)
    .map(({ point }) => point);
  if (features.length < 2 || new Set(bad).size < 2) return null;
  const featuresOf = ({ values }: Row) => features.map(({ name }) => values[name] ?? 0);
  const fit = ridgeLogistic(
    labelled.map(({ row }) => featuresOf(row)),
    bad.map(Number),
    RIDGE,
  );
  const coefficients = fit.coefficients.map(rounded);
  const intercept = rounded(fit.intercept);
  return {
    point: blendPoint({ features, coefficients, intercept }),
    chanceOf: (row) => logisticOf({ intercept, coefficients }, featuresOf(row)),
  };
}

function badnessOf({ bad, handedOver, score }: Row): boolean | null {
  if (bad !== null) return bad;
  // Large's step says nothing of small's.
  return handedOver ? null : score < 0.5;
}

/** How far a signal is from saying nothing. */
function saysOf(
  name: string,
  labelled: readonly { readonly row: Row; readonly bad: boolean }[],
): number {
  const values = labelled.map(({ row }) => row.values[name] ?? 0);
  return Math.abs(
    auroc(
      values,
      labelled.map(({ bad }) => bad),
    ) - 0.5,
  );
}

/** A name holds it: four digits are more than a fit knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
