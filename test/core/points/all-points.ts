import { anyOf } from "../../../src/core/points/any-of.js";
import { blend } from "../../../src/core/points/blend.js";
import { digits } from "../../../src/core/points/digits.js";
import { everyToken } from "../../../src/core/points/every-token.js";
import { firstTokens } from "../../../src/core/points/first-tokens.js";
import type { GlimpsePoint } from "../../../src/core/points/glimpse-point.js";
import { openers } from "../../../src/core/points/openers.js";
import { skipMarkup } from "../../../src/core/points/skip-markup.js";
import { span } from "../../../src/core/points/span.js";
import { stepEnd } from "../../../src/core/points/step-end.js";
import { stepStart } from "../../../src/core/points/step-start.js";
import { quantile, rise } from "../../../src/core/points/step-statistic.js";
import { window } from "../../../src/core/points/window.js";

const equals = span({ after: "=", of: "number" });

/** Every kind of point, with its options. */
export const ALL_POINTS: readonly GlimpsePoint[] = [
  stepStart(),
  stepStart({ value: "margin" }),
  stepStart({ value: "confidence" }),
  firstTokens(1),
  firstTokens(4),
  skipMarkup(stepStart()),
  skipMarkup(firstTokens(2)),
  skipMarkup(openers(["Wait", "So"])),
  openers(["Wait", "Let me check"]),
  equals,
  span({ after: "answer is", of: "number" }),
  digits(),
  stepEnd("meanEntropy"),
  stepEnd("maxEntropy"),
  stepEnd("perplexity"),
  stepEnd(quantile(0.9)),
  stepEnd(rise()),
  everyToken(),
  everyToken({ cooldown: 2, turn: 8 }),
  window(1),
  window(3, { cooldown: 5, turn: 4 }),
  window(2, { cut: "stepStart" }),
  anyOf(stepStart()),
  anyOf(stepStart(), equals, digits(), everyToken({ cooldown: 3 })),
  anyOf(skipMarkup(stepStart()), anyOf(equals, firstTokens(2))),
  blend({ features: [stepStart(), firstTokens(2)], coefficients: [1, -0.25], intercept: 0.5 }),
  blend({
    features: [equals, digits(), window(2), stepEnd(rise()), anyOf(firstTokens(3), equals)],
    coefficients: [1, 2, 0.1, -1, 3],
  }),
];
