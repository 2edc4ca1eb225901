import { anyOf } from "../../src/core/points/any-of.js";
import { blend } from "../../src/core/points/blend.js";
import { digits } from "../../src/core/points/digits.js";
import { everyToken } from "../../src/core/points/every-token.js";
import { firstTokens } from "../../src/core/points/first-tokens.js";
import type { GlimpsePoint } from "../../src/core/points/glimpse-point.js";
import { openers } from "../../src/core/points/openers.js";
import { skipMarkup } from "../../src/core/points/skip-markup.js";
import { span } from "../../src/core/points/span.js";
import { stepEnd } from "../../src/core/points/step-end.js";
import { stepStart } from "../../src/core/points/step-start.js";
import { quantile, rise } from "../../src/core/points/step-statistic.js";
import { window } from "../../src/core/points/window.js";
import { above } from "../../src/core/policies/above.js";
import type { RoutePolicy } from "../../src/core/route-policy.js";

/** A point, and who decides there. */
export interface TapePoint {
  readonly point: GlimpsePoint;
  readonly policy: RoutePolicy;
}

/** The numbers of a tape are copied without doubt: no threshold lies between two of them. */
const atSecond: RoutePolicy = ({ occasion }) => (occasion === 1 ? "large" : "small");

/**
 * Every kind of point, each with a threshold at which the embedded pair hands over at some places of a tape, and
 * not at others. Where values are far apart there, so that engines that round otherwise decide alike.
 *
 * @param at - the policy of a threshold
 */
export function tapePoints(at: (tau: number) => RoutePolicy = above): readonly TapePoint[] {
  const numbers = span({ after: ",", of: "number" });
  const small = openers(["1", "2", "3", "4", "5"]);
  const compared = (point: GlimpsePoint, tau: number) => ({ point, policy: at(tau) });
  return [
    compared(stepStart(), 1),
    compared(stepStart({ value: "margin" }), 0.5),
    compared(stepStart({ value: "confidence" }), 0.5),
    compared(firstTokens(3), 0.4),
    compared(skipMarkup(stepStart()), 1),
    compared(small, 0.5),
    { point: numbers, policy: atSecond },
    compared(digits(), 1),
    compared(stepEnd("meanEntropy"), 0.075),
    compared(stepEnd("maxEntropy"), 1),
    compared(stepEnd("perplexity"), 1.05),
    compared(stepEnd(quantile(0.9)), 0.25),
    compared(stepEnd(rise()), 0.075),
    compared(everyToken(), 1),
    compared(everyToken({ cooldown: 2, turn: 3 }), 1),
    compared(window(3, { cooldown: 2, turn: 5 }), -12.77),
    compared(window(2, { cut: "stepStart" }), -11.5),
    compared(anyOf(stepStart(), { point: small, policy: at(0.5) }), 1),
    compared(
      blend({ features: [stepStart(), digits()], coefficients: [2, 0.5], intercept: -2 }),
      0.5,
    ),
  ];
}
