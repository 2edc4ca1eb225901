import type { Estimate, Reached, RecoveredGap } from "./summary.js";

/** The closed gap in plain sentences, shares of a hundred with their intervals. */
export function gapWords(
  { gap, recovered, average, reached }: RecoveredGap,
  primary: string,
): string {
  const whole = `Large alone has ${within(gap, points)} points more right answers than small alone.`;
  if (recovered === null || average === null) {
    return `${whole} That may be none: shares of it are not told.`;
  }
  const { routed, chance } = average;
  const prices = reached.map(
    (each) => `${percent(each.share)} % of it at ${priceOf(each.routed)}${besides(each.chance)}`,
  );
  return [
    whole,
    `The arm ${primary} closes ${within(recovered, percent)} % of that.`,
    `Over all costs the calibrated points close ${within(routed, percent)} % on the average, a coin per question 50 %` +
      `${chance === null ? "" : `, chance at the same kind of place ${within(chance, percent)} %`};`,
    `${prices.join(", ")}.`,
  ].join(" ");
}

function besides(chance: Reached | null): string {
  return chance === null ? "" : ` (chance: ${priceOf(chance)})`;
}

function priceOf({ cost, lo, hi }: Reached): string {
  if (cost === null) return "no cost that was reached";
  return `cost ${cost.toFixed(2)} [${lo?.toFixed(2) ?? "?"}, ${hi?.toFixed(2) ?? "not reached"}]`;
}

function within({ value, lo, hi }: Estimate, shown: (value: number) => string): string {
  return `${shown(value)} [${shown(lo)}, ${shown(hi)}]`;
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}

function percent(share: number): string {
  return (100 * share).toFixed(0);
}
