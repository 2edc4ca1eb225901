/** A point of a curve: what was reached (`y`) at what price (`x`), by how much (`weight`). */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly weight?: number;
}

/**
 * The rising sequence nearest to the values in the weighted least squares: neighbours that fall are pooled.
 *
 * Source: pool adjacent violators; Barlow, Bartholomew, Bremner and Brunk, 1972.
 */
export function isotonicFit(values: readonly number[], weights?: readonly number[]): number[] {
  const blocks: { sum: number; weight: number; length: number }[] = [];
  values.forEach((value, index) => {
    const weight = weights?.[index] ?? 1;
    let block = { sum: value * weight, weight, length: 1 };
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      if (last.sum / last.weight < block.sum / block.weight) break;
      blocks.pop();
      block = {
        sum: last.sum + block.sum,
        weight: last.weight + block.weight,
        length: last.length + block.length,
      };
    }
    blocks.push(block);
  });
  return blocks.flatMap(({ sum, weight, length }) => new Array<number>(length).fill(sum / weight));
}

/** The isotonic curve through points in any order; points at the same `x` become one. Rising in `x`. */
export function isotonicCurve(points: readonly CurvePoint[]): Required<CurvePoint>[] {
  const merged: { x: number; sum: number; weight: number }[] = [];
  for (const { x, y, weight = 1 } of [...points].sort((a, b) => a.x - b.x)) {
    const last = merged.at(-1);
    if (last?.x === x) {
      last.sum += y * weight;
      last.weight += weight;
    } else merged.push({ x, sum: y * weight, weight });
  }
  const fitted = isotonicFit(
    merged.map(({ sum, weight }) => sum / weight),
    merged.map(({ weight }) => weight),
  );
  return merged.map(({ x, weight }, index) => ({ x, y: fitted[index] ?? Number.NaN, weight }));
}

/** Height of a curve (rising in `x`) at `x`, by straight lines between its points; level outside of them. */
export function heightAt(curve: readonly CurvePoint[], x: number): number {
  const after = curve.findIndex((point) => point.x >= x);
  const next = curve[after];
  const before = curve[after - 1];
  if (next === undefined) return curve.at(-1)?.y ?? Number.NaN;
  if (before === undefined) return next.y;
  return before.y + ((next.y - before.y) * (x - before.x)) / (next.x - before.x);
}

/** Least `x` at which a curve (rising in both) reaches `y`; `null` where it does not. */
export function reachedAt(curve: readonly CurvePoint[], y: number): number | null {
  const at = curve.findIndex((point) => point.y >= y);
  const point = curve[at];
  const before = curve[at - 1];
  if (point === undefined) return null;
  if (before === undefined) return point.x;
  return before.x + ((point.x - before.x) * (y - before.y)) / (point.y - before.y);
}
