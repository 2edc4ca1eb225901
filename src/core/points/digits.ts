import { entropyCeiling } from "../entropy.js";
import type { GlimpsePoint } from "./glimpse-point.js";

const DIGIT = /\p{Nd}/u;

/** Has `text` a digit of any script? */
export function hasDigit(text: string): boolean {
  return DIGIT.test(text);
}

/**
 * The highest entropy (nats) of all tokens of a step that hold a digit, operands too. It asks at each token that
 * raises it, so that large may take over before the step is over; large writes the step from its start, so the
 * WHOLE step waits for its end. A step without a digit is no occasion.
 *
 * Source: our own measurements (docs/glimpse-points.md): the best of 17 signals for steps that leave the right
 * solution, picked afterwards, so a hypothesis.
 */
export function digits(): GlimpsePoint {
  const point: GlimpsePoint<{ readonly highest: number | null }> = {
    name: "digits",
    unit: "nats",
    range: (k) => [0, entropyCeiling(k)],
    cutsInside: false,
    start: () => ({ highest: null }),
    wants: () => true,
    read(state, { text, entropy }) {
      const isHigher = hasDigit(text) && entropy > (state.highest ?? Number.NEGATIVE_INFINITY);
      if (!isHigher) return { state };
      const ask = { occasion: 0, value: entropy, cut: 0, final: false };
      return { state: { highest: entropy }, ask };
    },
    end: ({ highest }) =>
      highest === null ? null : { occasion: 0, value: highest, cut: 0, final: true },
    holdsFrom: () => 0,
  };
  return point;
}
