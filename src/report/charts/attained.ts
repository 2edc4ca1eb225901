import * as Plot from "@observablehq/plot";
import { type Chart, INK, ROUTED, SOFT } from "./draw.js";

/** A rate, where it was seen. */
export interface Attained {
  readonly where: string;
  readonly value: number;
  /** The same as `value` where there is no interval. */
  readonly lo: number;
  readonly hi: number;
}

/** @param target - what was asked for */
export function attainedRates(attained: readonly Attained[], target: number, what: string): Chart {
  const high = Math.max(target, ...attained.map(({ hi }) => hi));
  const last = attained.at(-1);
  const colour = (each: Attained) => (each === last ? ROUTED : SOFT);
  return {
    name: "attained",
    label: `${what}: what was asked for, and what was attained where, with intervals.`,
    draw: ({ name }) => ({
      height: 60 + attained.length * 30,
      marginLeft: name === "wide" ? 190 : 120,
      marginTop: 26,
      marginBottom: 40,
      x: {
        domain: [0, 100 * Math.min(1, high * 1.25)],
        transform: (share: number) => 100 * share,
        label: `${what}, % →`,
        tickSize: 0,
        ticks: 5,
        grid: true,
      },
      y: { domain: attained.map(({ where }) => where), label: null, tickSize: 0 },
      color: { type: "identity" },
      marks: [
        Plot.ruleX([target], { stroke: INK, strokeDasharray: "4 3" }),
        Plot.text([target], {
          x: (value: number) => value,
          text: () => "asked for",
          frameAnchor: "top",
          dy: -14,
          fill: INK,
        }),
        Plot.ruleY(attained, { y: "where", x1: "lo", x2: "hi", stroke: colour, strokeWidth: 2 }),
        Plot.dot(attained, { y: "where", x: "value", r: 5, fill: colour }),
      ],
    }),
  };
}
