import * as Plot from "@observablehq/plot";
import type { LatencyRatio } from "../../eval/summary/summary.js";
import { type Chart, chartText, INK, LINE, ROUTED, SOFT } from "./draw.js";

interface Shown {
  readonly arm: string;
  readonly atOnce: string;
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
}

/** Each arm's time over large's, a panel for each number of replies at once. */
export function latencyRatios(ratios: readonly LatencyRatio[], primary: string): Chart {
  const shown: readonly Shown[] = ratios.map(({ arm, atOnce, ratio }) => ({
    ...ratio,
    arm: chartText(arm, 20),
    atOnce: `${atOnce} at once`,
  }));
  const panels = new Set(shown.map(({ atOnce }) => atOnce));
  const colour = ({ arm }: Shown) => (arm === chartText(primary, 20) ? ROUTED : SOFT);
  const low = Math.min(0.5, ...shown.map(({ lo }) => lo));
  const high = Math.max(2, ...shown.map(({ hi }) => hi));
  return {
    name: "latency",
    label: "Time of each arm over large's in one call, with intervals. Below 1 is faster.",
    draw: ({ name }) => ({
      height: 60 + panels.size * 20 + shown.length * 24,
      marginLeft: name === "wide" ? 150 : 110,
      marginRight: 70,
      marginBottom: 40,
      x: {
        type: "log",
        domain: [low * 0.95, high * 1.05],
        ticks: [0.25, 0.5, 0.75, 1, 1.5, 2, 4].filter(
          (tick) => tick > low * 0.9 && tick < high * 1.1,
        ),
        tickFormat: String,
        tickSize: 0,
        grid: true,
        label: "time over large's →",
      },
      y: { label: null, tickSize: 0, domain: [...new Set(shown.map(({ arm }) => arm))] },
      fy: { label: null, domain: [...panels] },
      marks: [
        Plot.frame({ stroke: LINE }),
        Plot.ruleX([1], { stroke: INK, strokeDasharray: "4 3" }),
        Plot.ruleY(shown, {
          fy: "atOnce",
          y: "arm",
          x1: "lo",
          x2: "hi",
          stroke: colour,
          strokeWidth: 2,
        }),
        Plot.dot(shown, { fy: "atOnce", y: "arm", x: "value", r: 5, fill: colour }),
      ],
      color: { type: "identity" },
    }),
  };
}
