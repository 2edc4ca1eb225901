import type { GlimpsePoint } from "../../core/points/glimpse-point.js";

/** A step as small drafted it, up to where a decision falls. */
export type Draft = { readonly text: string; readonly tokens: number };

/**
 * One occasion a step, at its end, with a cut at its start: whatever any point sees of the step is known by then, so
 * that one draw of chance there scores all signals whose cut is the step's start.
 *
 * @param keep - is given each step as small drafted it
 */
export function wholeStep(keep: (draft: Draft) => void): GlimpsePoint {
  const point: GlimpsePoint<Draft> = {
    name: "wholeStep",
    unit: "1",
    range: () => [0, 1],
    cutsInside: false,
    start: () => ({ text: "", tokens: 0 }),
    wants: () => false,
    read: ({ text, tokens }, token) => ({ state: { text: text + token.text, tokens: tokens + 1 } }),
    end(draft) {
      keep(draft);
      return { occasion: 0, value: 0, cut: 0, final: true };
    },
    holdsFrom: () => 0,
  };
  return point;
}

/**
 * The same point, asking only when a value is final: a draw of chance before that would fall with less seen than where
 * nothing was drawn.
 */
export function finalAsks(point: GlimpsePoint): GlimpsePoint {
  return {
    ...point,
    read(state, token) {
      const { ask, ...read } = point.read(state, token);
      const asks = [ask ?? []].flat().filter(({ final }) => final);
      return asks.length === 0 ? read : { ...read, ask: asks };
    },
  };
}
