import * as Plot from "@observablehq/plot";
import type { CapturePoint } from "../../eval/statistics/capture-curve.js";
import { type Chart, INK, ROUTED } from "./draw.js";

/** Of small's wrong problems, how many lie among those with the highest values; chance walks the diagonal. */
export function capture(curve: readonly CapturePoint[]): Chart {
  const percents = curve.map(({ top, captured }) => ({ top: 100 * top, captured: 100 * captured }));
  const ends = [0, 100];
  return {
    name: "capture",
    label:
      "Of the problems that small alone gets wrong, the share among those with the highest values.",
    draw: ({ name }) => ({
      height: name === "wide" ? 300 : 260,
      marginLeft: 48,
      marginBottom: 44,
      marginTop: 30,
      x: { domain: ends, label: "problems with the highest values, % →", ticks: 5, tickSize: 0 },
      y: { domain: ends, label: "↑ caught, %", ticks: 5, tickSize: 0, grid: true },
      marks: [
        Plot.line(ends, {
          x: Plot.identity,
          y: Plot.identity,
          stroke: INK,
          strokeDasharray: "5 4",
        }),
        Plot.line(percents, { x: "top", y: "captured", stroke: ROUTED, strokeWidth: 2.5 }),
      ],
    }),
  };
}
