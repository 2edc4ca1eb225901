import type { AskedPair } from "../replies/asked-pair.js";
import { isGreedy } from "../run/describe-model.js";
import type { CalibrateOptions } from "./calibrate-options.js";
import { invalid } from "./invalid-calibrate.js";

const SAMPLED =
  "Two replies of models that are sampled differ by chance: set the temperature of both to 0, or leave them out and take more `draws`.";

/**
 * How many steps a problem are answered both ways. No part of a work folder's settings: more of them add replies, and change
 * none.
 *
 * @throws GlimpRouterError `invalid_option`
 */
export function askedBranches(
  asked: number | undefined,
  { models }: Pick<AskedPair, "models">,
  label: NonNullable<CalibrateOptions["label"]>,
): number {
  const isGreedyPair = isGreedy(models.small) && isGreedy(models.large);
  if (asked === undefined) return label === "gain" && isGreedyPair ? 1 : 0;
  if (!Number.isSafeInteger(asked) || asked < 0) {
    throw invalid("branches", asked, "Give a whole number of steps, or 0 for none.");
  }
  if (asked > 0 && label !== "gain") {
    throw invalid("branches", asked, 'They tell a gain: take the label "gain", or leave them out.');
  }
  if (asked > 0 && !isGreedyPair) throw invalid("branches", asked, SAMPLED);
  return asked;
}
