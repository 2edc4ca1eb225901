import { quantileSorted } from "simple-statistics";
import { entropyCeiling } from "../../core/entropy.js";
import { stepStart } from "../../core/points/step-start.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import { VERSION } from "../../version.js";
import type { ChosenSignal } from "./choose-signal.js";
import type { FittedThreshold } from "./fit-threshold.js";
import type { HeldOutResult } from "./held-out.js";
import type { ResolvedCalibration } from "./resolve-calibrate.js";
import { type RoutingChoice, thresholdOf } from "./routing-choice.js";
import type { ScoredSignal } from "./score-signals.js";
import { targetOf } from "./target.js";
import { knifeEdge } from "./threshold-at.js";
import { wordsOf } from "./verdict-words.js";

/** Percentiles of a value that a calibration keeps. */
const PERCENTS = Array.from({ length: 101 }, (_, percent) => percent / 100);

/** All that was found, as a file holds it. */
export function writeCalibration(
  resolved: ResolvedCalibration,
  found: {
    readonly pair: Pick<Calibration, "small" | "large" | "canaries">;
    readonly choice: RoutingChoice;
    readonly chosen: ChosenSignal | null;
    readonly fitted: FittedThreshold;
    readonly heldOut: HeldOutResult;
    readonly signals: readonly ScoredSignal[];
    readonly firstLook: Calibration["firstLook"];
    readonly branches: Calibration["branches"];
    readonly replies: Calibration["replies"];
  },
): Calibration {
  const { target, margin, data, answering } = resolved;
  const { choice, fitted, heldOut, pair, signals, firstLook, branches, replies } = found;
  const { delimiter, thinking, topLogprobs: k } = answering.pair.options({});
  const { verdict } = heldOut;
  const values = [...fitted.values].sort((a, b) => a - b);
  const made = new Date();
  return {
    v: 1,
    id: `${pair.small.name} + ${pair.large.name} ${made.toISOString().slice(0, 16)}`,
    made: made.toISOString(),
    package: VERSION,
    ...pair,
    k,
    logprobs: "raw",
    delimiter,
    thinking: thinking === false ? false : { ...thinking },
    ...routingOf(choice, fitted.tau, k),
    target: targetOf(target.name, target.share),
    attained: { fit: fitted.attained, heldOut: heldOut.attained, rate: heldOut.rate },
    knifeEdge: knifeEdge(values, fitted.tau),
    quantiles: values.length === 0 ? [] : PERCENTS.map((share) => quantileSorted(values, share)),
    firstLook,
    signals: [...signals],
    branches,
    replies,
    verdict: {
      says: verdict?.says ?? "not asked",
      difference: verdict?.difference ?? null,
      lo: verdict?.lo ?? null,
      hi: verdict?.hi ?? null,
      margin,
      null: verdict?.null ?? null,
      more: verdict?.more ?? null,
      words: wordsOf(resolved, found),
    },
    data,
  };
}

function routingOf(
  choice: RoutingChoice,
  tau: number,
  k: number,
): Pick<Calibration, "point" | "direction" | "threshold" | "verify"> {
  const threshold = thresholdOf(choice, tau);
  if (choice.kind === "point") {
    return { point: choice.point.name, direction: choice.direction, threshold, verify: null };
  }
  // Above the ceiling there is nothing: the judge alone hands over.
  return {
    point: stepStart().name,
    direction: "above",
    threshold: entropyCeiling(k),
    verify: { by: choice.by, threshold, when: "always" },
  };
}
