import type { ChosenSignal } from "./choose-signal.js";
import { tellsOf } from "./choose-signal.js";
import type { HeldOutResult } from "./held-out.js";
import type { ResolvedCalibration } from "./resolve-calibrate.js";
import type { ScoredSignal } from "./score-signals.js";
import { shownSignal } from "./shown-signal.js";

const TARGETS = {
  steps: "of the steps by large",
  largeTokens: "of the thought's tokens by large",
  cost: "of large alone's tokens by large",
};

/** A calibration in plain words: whether it gains, by what, and what it costs. */
export function wordsOf(
  { target, by, isChecked }: ResolvedCalibration,
  { chosen, heldOut }: { readonly chosen: ChosenSignal | null; readonly heldOut: HeldOutResult },
): string {
  const { value, lo, hi } = heldOut.attained;
  const gains = isChecked
    ? (heldOut.verdict?.words ?? "")
    : "Nothing was checked, so nobody knows whether it gains.";
  const cost = `On held-out problems ${percent(value)} [${percent(lo)}, ${percent(hi)}] ${TARGETS[target.name]}, ${percent(target.share)} were wanted.`;
  return [gains, signalWords(chosen, by), cost].filter((words) => words !== "").join(" ");
}

function signalWords(chosen: ChosenSignal | null, by: "gain" | "label"): string {
  if (chosen === null) {
    return "No signal of the menu could be told from another: there were too few steps, or they were all alike.";
  }
  const { scored, best, dummy } = chosen;
  const tells = figureOf(scored, by);
  const instead =
    best === null
      ? ""
      : `, in place of the best, ${shownSignal(best.name)} (${figureOf(best, by)}): they are within one standard error, and it waits no longer`;
  if (dummy === null) return `It hands over by ${shownSignal(scored.name)} (${tells})${instead}.`;
  return `No signal beats the dummy ${dummy.name} (${figureOf(dummy, by)}; the signal, ${shownSignal(scored.name)}, ${tells}): what tells is the step, not small's doubt.`;
}

function figureOf(scored: ScoredSignal, by: "gain" | "label"): string {
  const tells = tellsOf(scored, by);
  if (tells === null) return "unknown";
  const { value, lo, hi } = tells;
  if (by === "label") return `AUROC ${value.toFixed(2)} [${lo.toFixed(2)}, ${hi.toFixed(2)}]`;
  return `${points(value)} points a hand-over [${points(lo)}, ${points(hi)}]`;
}

function points(share: number): string {
  return `${share > 0 ? "+" : ""}${(100 * share).toFixed(1)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
