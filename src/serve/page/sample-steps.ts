import type { ShownStep } from "../../page/shown-thought.js";
import type { Knob } from "./page-data.js";

/** Two steps that say what they are: one on each side of the threshold. */
export function sampleSteps({ tau, lo, hi, direction }: Knob): readonly ShownStep[] {
  const [under, over] = [lo + 0.3 * (tau - lo), tau + 0.45 * (hi - tau)];
  const [sure, doubtful] = direction === "above" ? [under, over] : [over, under];
  return [
    step("small", sure, "Small was sure enough: its doubt, the bar, ends before the threshold."),
    step("large", doubtful, "Here the doubt passed the threshold, so large took over."),
  ];
}

function step(route: ShownStep["route"], value: number, text: string): ShownStep {
  const decision = { point: "a step", value, token: null, at: 0, route, candidates: [] };
  return {
    route,
    end: "boundary",
    text,
    parts: [{ route, from: 0 }],
    decisions: [decision],
    verified: null,
  };
}
