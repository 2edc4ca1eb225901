import type { GlimpsePoint, SeenToken } from "../../core/points/glimpse-point.js";
import type { RoutedSetup } from "./routed-setup.js";

/** Shares of the steps that the paper's thresholds hand over lie between them. */
const OF_STEPS = [0.1, 0.25, 0.5];
/** A step has tens of tokens: a tenth of them would hand over nearly every step. */
const OF_TOKENS = [0.005, 0.02, 0.08];
/** Around a calibrated rate. */
const FACTORS = [0.5, 1, 2];

/** Rates at which chance is measured: around the calibrated one, else by how often the point asks. */
export function usualRates({ point, rate }: RoutedSetup): readonly number[] {
  if (rate !== null && rate > 0)
    return FACTORS.map((factor) => rounded(Math.min(1, factor * rate)));
  return asksEachToken(point) ? OF_TOKENS : OF_STEPS;
}

function rounded(rate: number): number {
  return Number(rate.toPrecision(3));
}

const WORDS = 8;

/** Plain words, all alike: a point that asks more than twice about them asks about tokens. */
function asksEachToken(point: GlimpsePoint): boolean {
  const occasions = new Set<number>();
  let state = point.start(null);
  for (let word = 0; word < WORDS; word++) {
    const read = point.read(state, { ...WORD, at: word * WORD.text.length });
    state = read.state;
    for (const { occasion } of [read.ask ?? []].flat()) occasions.add(occasion);
  }
  return occasions.size > 2;
}

const WORD: Omit<SeenToken, "at"> = {
  text: " word",
  distribution: [
    { token: " word", probability: 0.5 },
    { token: " other", probability: 0.5 },
  ],
  probabilities: [0.5, 0.5],
  entropy: Math.LN2,
  logprob: -Math.LN2,
  sinceLarge: null,
};
