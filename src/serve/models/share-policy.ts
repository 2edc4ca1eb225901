import { above } from "../../core/policies/above.js";
import { below } from "../../core/policies/below.js";
import type { RoutePolicy } from "../../core/route-policy.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";

/**
 * Hands over the share of decisions that is asked for, as far as the values are those of the calibration's problems: its
 * quantiles, with straight lines between them.
 *
 * @param share - 0 to 1
 */
export function sharePolicy(
  { quantiles, direction }: Pick<Calibration, "quantiles" | "direction">,
  share: number,
): { readonly tau: number; readonly policy: RoutePolicy } {
  const tau = quantileAt(quantiles, direction === "above" ? 1 - share : share);
  return { tau, policy: direction === "above" ? above(tau) : below(tau) };
}

function quantileAt(quantiles: readonly number[], at: number): number {
  const place = at * (quantiles.length - 1);
  const [before, after] = [Math.floor(place), Math.ceil(place)];
  const low = quantiles[before] ?? 0;
  const high = quantiles[after] ?? low;
  return low + (high - low) * (place - before);
}
