/** A step as a threshold sees it. */
export interface WeighedValue {
  /** Its highest value; `null` where no point asked in it, so that it stays small's. */
  readonly value: number | null;
  /** 1, or its tokens. */
  readonly weight: number;
}

export interface FoundThreshold {
  readonly tau: number;
  /** Of the weight, above tau: values that are equal cannot be parted, so it need not be what was asked for. */
  readonly share: number;
}

/** As near to what is wanted as most users mean it. */
export const NEAR = 0.2;

/** Between two values that differ, with the weight above. */
interface Gap extends FoundThreshold {
  readonly width: number;
}

/**
 * The threshold above which a share of the weight lies: in the middle of the widest gap between two values that comes near to
 * the share, so that the noise of a server moves as few of them over it as can be.
 *
 * @param near - how far the share may lie from what is wanted, as a part of it, where a wider gap is to be had for it
 * @returns `null` where no step has a value
 */
export function thresholdAt(
  values: readonly WeighedValue[],
  share: number,
  near = NEAR,
): FoundThreshold | null {
  const gaps = gapsOf(values);
  const close = gaps.filter((gap) => Math.abs(gap.share / share - 1) <= near);
  const best =
    close.length > 0
      ? close.reduce((a, b) => (b.width > a.width ? b : a))
      : gaps.reduce<Gap | null>((a, b) => (a === null || isNearer(b, a, share) ? b : a), null);
  return best === null ? null : { tau: best.tau, share: best.share };
}

function isNearer(one: Gap, other: Gap, share: number): boolean {
  return Math.abs(one.share - share) < Math.abs(other.share - share);
}

/** From above; all that is equal goes together, and above the highest there is nothing. */
function gapsOf(values: readonly WeighedValue[]): readonly Gap[] {
  const all = values.reduce((sum, { weight }) => sum + weight, 0);
  const known = values.flatMap(({ value, weight }) => (value === null ? [] : [{ value, weight }]));
  known.sort((a, b) => b.value - a.value);
  const gaps: Gap[] = [];
  let above = 0;
  for (const [at, { value, weight }] of known.entries()) {
    const before = known[at - 1]?.value;
    if (before === undefined) gaps.push({ tau: value, share: 0, width: 0 });
    else if (before > value) {
      gaps.push({ tau: (before + value) / 2, share: above / all, width: before - value });
    }
    above += weight;
  }
  return gaps;
}

/** Share of the values within `distance` of tau: what noise may move. */
export function knifeEdge(values: readonly number[], tau: number, distance = 0.02): number {
  if (values.length === 0) return 0;
  return values.filter((value) => Math.abs(value - tau) <= distance).length / values.length;
}
