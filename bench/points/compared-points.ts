import {
  anyOf,
  blend,
  digits,
  everyToken,
  firstTokens,
  type GlimpsePoint,
  openers,
  quantile,
  rise,
  skipMarkup,
  span,
  stepEnd,
  stepStart,
  window,
} from "../../src/index.js";

export interface ComparedPoint {
  readonly point: GlimpsePoint;
  /** Share of its occasions that go to large where hand-overs are counted. */
  readonly rate: number;
}

/** In each step at most one occasion, or a few. */
const OF_STEPS = 0.25;
/** Each token is one. */
const OF_TOKENS = 0.02;

export const STEP_START: ComparedPoint = { point: stepStart(), rate: OF_STEPS };

/** Every kind of point beside it. */
export function comparedPoints(after: string): readonly ComparedPoint[] {
  const number = span({ after, of: "number" });
  const ofSteps: readonly GlimpsePoint[] = [
    stepStart({ value: "margin" }),
    firstTokens(3),
    skipMarkup(stepStart()),
    openers(["Wait", "So"]),
    number,
    digits(),
    stepEnd("meanEntropy"),
    stepEnd("maxEntropy"),
    stepEnd("perplexity"),
    stepEnd(quantile(0.9)),
    stepEnd(rise()),
    window(20, { cut: "stepStart" }),
    anyOf(stepStart(), number),
    blend({ features: [stepStart(), digits()], coefficients: [0.4, 2.1], intercept: -1.5 }),
  ];
  const ofTokens: readonly GlimpsePoint[] = [everyToken({ cooldown: 8 }), window(5)];
  return [
    ...ofSteps.map((point) => ({ point, rate: OF_STEPS })),
    ...ofTokens.map((point) => ({ point, rate: OF_TOKENS })),
  ];
}
