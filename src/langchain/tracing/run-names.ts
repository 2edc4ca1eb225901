import type { RouteEvent } from "../../router/route-event.js";
import type { VerifiedRecord, WatchRecord } from "../../router/step-record.js";

export type Decision = Extract<RouteEvent, { type: "route-decided" }>;

/** A line that reads by itself: `3 large, H 2.11 > 1.00, "Wait"`. */
export function stepName(
  step: number,
  route: string,
  decision: Decision | null,
  threshold: number | null,
): string {
  if (decision === null) return `${step} ${route}`;
  const { point, value, token, forced } = decision;
  const why = forced ? ", a repetition" : "";
  if (value === null) return `${step} ${route}${why}`;
  const what = point === "stepStart" ? "H" : point;
  const tau = threshold === null ? "" : ` ${value > threshold ? ">" : "≤"} ${threshold.toFixed(2)}`;
  return `${step} ${route}, ${what} ${value.toFixed(2)}${tau}${why}, ${JSON.stringify(token)}`;
}

/** `watch behind 3, H 0.42, variance 0.0130`. */
export function watchName({ step, entropy, variance, failed }: WatchRecord): string {
  const said =
    entropy === null || variance === null
      ? failed
      : `H ${entropy.toFixed(2)}, variance ${variance.toPrecision(3)}`;
  return `watch behind ${step}, ${said}`;
}

/** `, rejected by score, 0.90`. */
export function rejection({ by, value, failed }: VerifiedRecord): string {
  return `, rejected by ${by}, ${value === null ? failed : value.toFixed(2)}`;
}
