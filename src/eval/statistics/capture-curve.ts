/** Of the bad items, the share that lies among the `top` share of all items with the highest values. */
export interface CapturePoint {
  readonly top: number;
  readonly captured: number;
}

/**
 * What handing over the top share of places would catch: the figure that a user acts on. From (0, 0) to (1, 1), a
 * point behind each distinct value; items with one value are caught in proportion (straight lines between points).
 * Empty without bad items.
 */
export function captureCurve(values: readonly number[], bad: readonly boolean[]): CapturePoint[] {
  const all = bad.filter(Boolean).length;
  if (all === 0) return [];
  const order = values.map((value, item) => ({ value, bad: bad[item] === true }));
  order.sort((a, b) => b.value - a.value);
  const points: CapturePoint[] = [{ top: 0, captured: 0 }];
  let caught = 0;
  order.forEach((item, index) => {
    caught += item.bad ? 1 : 0;
    if (order[index + 1]?.value === item.value) return;
    points.push({ top: (index + 1) / order.length, captured: caught / all });
  });
  return points;
}

/** Share of the bad items among the top `share` of the values; `NaN` without bad items. */
export function captureAt(curve: readonly CapturePoint[], share: number): number {
  const after = curve.findIndex((point) => point.top >= share);
  const next = curve[after];
  const before = curve[after - 1];
  if (next === undefined) return curve.at(-1)?.captured ?? Number.NaN;
  if (before === undefined) return next.captured;
  const part = (share - before.top) / (next.top - before.top);
  return before.captured + part * (next.captured - before.captured);
}
