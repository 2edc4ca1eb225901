import { requireFields } from "../check-argument.js";
import { entropyCeiling } from "../entropy.js";
import type { GlimpsePoint, SeenToken } from "./glimpse-point.js";
import { requireOneOf } from "./point-arguments.js";

export interface StepStartOptions {
  /**
   * What is read of the first token's distribution; each rises with doubt. `"entropy"`: in nats, 0 to ln k.
   * `"margin"`: 1 minus the distance of the two likeliest candidates. `"confidence"`: 1 minus the probability
   * of the likeliest.
   *
   * @defaultValue `"entropy"`
   */
  readonly value?: "entropy" | "margin" | "confidence";
}

const VALUES = ["entropy", "margin", "confidence"] as const;

/**
 * The first token of each step, as in the paper (GlimpRouter, arXiv 2601.05110): its entropy is H_init. Large
 * writes the step from its start. Nothing but that token waits for the decision.
 *
 * @throws RouteError `invalid_option`
 */
export function stepStart(options: StepStartOptions = {}): GlimpsePoint {
  requireFields("stepStart", options, ["value"]);
  const value = requireOneOf("stepStart", "value", options.value ?? "entropy", VALUES);
  const point: GlimpsePoint<boolean> = {
    name: value === "entropy" ? "stepStart" : `stepStart:${value}`,
    unit: value === "entropy" ? "nats" : "1",
    range: (k) => [0, value === "entropy" ? entropyCeiling(k) : value === "margin" ? 1 : 1 - 1 / k],
    cutsInside: false,
    // The state: has the decision fallen?
    start: () => false,
    wants: (decided) => !decided,
    read(decided, token) {
      if (decided) return { state: true };
      const ask = { occasion: 0, value: doubt(token, value), cut: 0, final: true };
      return { state: true, ask };
    },
    end: () => null,
    holdsFrom: (decided) => (decided ? null : 0),
  };
  return point;
}

function doubt({ entropy, probabilities }: SeenToken, value: (typeof VALUES)[number]): number {
  if (value === "entropy") return entropy;
  const [likeliest = 0, next = 0] = probabilities;
  return 1 - (value === "margin" ? likeliest - next : likeliest);
}
