import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { type BranchedRow, branchedRows } from "./branches.js";
import type { Drawn } from "./draw-all.js";
import { fitBlend } from "./fit-blend.js";
import { placeOf, type Signal } from "./menu.js";
import type { ValuedSignal } from "./score-signals.js";
import { type Row, rowsOf, valuesOf } from "./signal-values.js";

/**
 * Each signal with its values at its own kind of place. The blend is fitted here, and becomes a point like others.
 *
 * @returns without a blend that there is nothing to make of
 */
export function valuedMenu(
  menu: readonly Signal[],
  drawn: ReadonlyMap<string, Drawn>,
): readonly ValuedSignal[] {
  const { replies = [], branched = [] } = drawn.get("start") ?? {};
  const branches = branched.flatMap(branchedRows);
  const starts = rowsOf(replies);
  const judged = rowsOf(replies.filter((reply) => reply.judged));
  const blended = fitBlend(starts, pointsOf(menu));
  return menu.flatMap((signal): readonly ValuedSignal[] => {
    if (signal.kind === "blend") {
      if (blended === null) return [];
      const { point, chanceOf } = blended;
      const as: Signal = { kind: "point", name: point.name, point, direction: "above" };
      const valued = { rows: starts, values: starts.map(chanceOf) };
      const atBranches = { rows: branches, values: branches.map(chanceOf) };
      return [{ signal: as, ...valued, branches: atBranches }];
    }
    if (signal.kind === "judge") return [valuedSignal(signal, judged, branches)];
    const place = placeOf(signal);
    if (place === "start") return [valuedSignal(signal, starts, branches)];
    const inside = drawn.get(place.name);
    const rows = rowsOf(inside?.replies ?? []);
    return [valuedSignal(signal, rows, (inside?.branched ?? []).flatMap(branchedRows))];
  });
}

function valuedSignal(
  signal: Signal,
  rows: readonly Row[],
  branches: readonly BranchedRow[],
): ValuedSignal {
  const atBranches = { rows: branches, values: valuesOf(signal, branches) };
  return { signal, rows, values: valuesOf(signal, rows), branches: atBranches };
}

/** Those that cut inside a step, too: a blend takes the step from its start whatever it looks at. */
function pointsOf(menu: readonly Signal[]): readonly GlimpsePoint[] {
  const points = menu.flatMap((signal) => (signal.kind === "point" ? [signal.point] : []));
  // One that is there above and below is one.
  return points.filter(({ name }, at) => points.findIndex((each) => each.name === name) === at);
}
