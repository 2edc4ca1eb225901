import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import type { DrawnReply } from "./draw-replies.js";
import { fitBlend } from "./fit-blend.js";
import { placeOf, type Signal } from "./menu.js";
import type { ValuedSignal } from "./score-signals.js";
import { rowsOf, valuesOf } from "./signal-values.js";

/** What was drawn at each kind of place, by its name. */
export type Drawn = ReadonlyMap<string, readonly DrawnReply[]>;

/**
 * Each signal with its values at its own kind of place. The blend is fitted here, and becomes a point like others.
 *
 * @returns without a blend that there is nothing to make of
 */
export function valuedMenu(menu: readonly Signal[], drawn: Drawn): readonly ValuedSignal[] {
  const replies = drawn.get("start") ?? [];
  const starts = rowsOf(replies);
  const judged = rowsOf(replies.filter((reply) => reply.judged));
  const blended = fitBlend(starts, pointsOf(menu));
  return menu.flatMap((signal): readonly ValuedSignal[] => {
    if (signal.kind === "blend") {
      if (blended === null) return [];
      const { point, chanceOf } = blended;
      const as: Signal = { kind: "point", name: point.name, point, direction: "above" };
      return [{ signal: as, rows: starts, values: starts.map(chanceOf) }];
    }
    if (signal.kind === "judge")
      return [{ signal, rows: judged, values: valuesOf(signal, judged) }];
    const place = placeOf(signal);
    const rows = place === "start" ? starts : rowsOf(drawn.get(place.name) ?? []);
    return [{ signal, rows, values: valuesOf(signal, rows) }];
  });
}

/** Those that cut inside a step, too: a blend takes the step from its start whatever it looks at. */
function pointsOf(menu: readonly Signal[]): readonly GlimpsePoint[] {
  const points = menu.flatMap((signal) => (signal.kind === "point" ? [signal.point] : []));
  // One that is there above and below is one.
  return points.filter(({ name }, at) => points.findIndex((each) => each.name === name) === at);
}
