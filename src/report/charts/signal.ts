import * as Plot from "@observablehq/plot";
import { type Chart, INK, LARGE, SMALL } from "./draw.js";

/** How often the signal took a value, at the places where it is compared. */
export interface SignalHistogram {
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  /** Threshold; `null` where nobody told. */
  readonly tau: number | null;
  readonly unit: string;
  readonly direction: "above" | "below";
}

export function signalHistogram({ bins, tau, unit, direction }: SignalHistogram): Chart {
  const isHandedOver = (bin: { readonly from: number; readonly to: number }) => {
    const middle = (bin.from + bin.to) / 2;
    return tau !== null && (direction === "above" ? middle > tau : middle < tau);
  };
  return {
    name: "signal",
    label: "How often the signal took which value, and the threshold.",
    draw: ({ name }) => ({
      height: name === "wide" ? 260 : 220,
      marginLeft: 48,
      marginBottom: 44,
      marginTop: 28,
      x: {
        label: `value${unit === "1" || unit === "" ? "" : `, ${unit}`} →`,
        tickSize: 0,
        ticks: 6,
      },
      y: { label: "↑ times", grid: true, tickSize: 0, ticks: 4 },
      color: { type: "identity" },
      marks: [
        Plot.rectY(bins, {
          x1: "from",
          x2: "to",
          y: "count",
          fill: (bin) => (isHandedOver(bin) ? LARGE : SMALL),
          inset: 0.5,
        }),
        Plot.ruleY([0], { stroke: INK }),
        ...(tau === null ? [] : tauMarks(tau)),
      ],
    }),
  };
}

function tauMarks(tau: number): Plot.Markish[] {
  return [
    Plot.ruleX([tau], { stroke: INK, strokeWidth: 1.5 }),
    Plot.text([tau], {
      x: (value: number) => value,
      text: (value: number) => `τ = ${value.toFixed(2)}`,
      frameAnchor: "top",
      dy: -14,
      fill: INK,
      fontWeight: 600,
      fontSize: 12,
    }),
  ];
}
