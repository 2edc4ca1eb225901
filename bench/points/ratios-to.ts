import { type RatioInterval, ratioInterval } from "../against/ratio-interval.js";
import { median, sum } from "../statistics.js";

/** Reads something once, and tells how many tokens that were. */
export type Reading = () => Promise<number>;

export interface ComparedCost {
  /** CPU microseconds a token, median. */
  readonly cost: number;
  /** Against the baseline; `null` for the baseline itself. */
  readonly ratio: RatioInterval | null;
}

/** Readings between two of the baseline: what slows the machine down slows both. */
const BETWEEN = 3;

/**
 * The cost of each reading, and its ratio to the baseline's, which is read again behind every few of them: a ratio is
 * to the baseline's mean just before and just behind. The order turns from round to round.
 *
 * @returns the baseline's cost first, then those of `readings`
 */
export async function ratiosTo(
  baseline: Reading,
  readings: readonly Reading[],
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
): Promise<readonly ComparedCost[]> {
  const costs = readings.map((): number[] => []);
  const ratios = readings.map((): number[] => []);
  const baselines: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const order = readings.map((_, index) => (index + Math.max(0, round) * 5) % readings.length);
    let before = await costOf(baseline);
    for (let from = 0; from < order.length; from += BETWEEN) {
      const group = order.slice(from, from + BETWEEN);
      const measured: number[] = [];
      for (const index of group) measured.push(await costOf(readings[index] ?? baseline));
      const behind = await costOf(baseline);
      if (round >= 0) {
        baselines.push(behind);
        for (const [place, index] of group.entries()) {
          const cost = measured[place] ?? Number.NaN;
          costs[index]?.push(cost);
          ratios[index]?.push(cost / (sum([before, behind]) / 2));
        }
      }
      before = behind;
    }
  }
  return [
    { cost: median(baselines), ratio: null },
    ...costs.map((each, index) => ({
      cost: median(each),
      ratio: ratioInterval(ratios[index] ?? []),
    })),
  ];
}

async function costOf(read: Reading): Promise<number> {
  const begin = process.cpuUsage();
  const tokens = await read();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / tokens;
}
