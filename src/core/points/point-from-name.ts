import { nearestName } from "../nearest-name.js";
import { RouteError } from "../route-error.js";
import { anyOf, OWN_POLICY } from "./any-of.js";
import { blend } from "./blend.js";
import { digits } from "./digits.js";
import { everyToken } from "./every-token.js";
import { firstTokens } from "./first-tokens.js";
import type { GlimpsePoint } from "./glimpse-point.js";
import { openers } from "./openers.js";
import { numberOr, optionsOf, splitParts, unescapeText } from "./point-name.js";
import { skipMarkup } from "./skip-markup.js";
import { type SpanOptions, span } from "./span.js";
import { stepEnd } from "./step-end.js";
import { type StepStartOptions, stepStart } from "./step-start.js";
import { quantile, rise, type StepStatistic } from "./step-statistic.js";
import { window } from "./window.js";

/** A name in its parts: `"window:5:cut=stepStart"`, `"anyOf(digits,stepStart)"`. */
interface Named {
  readonly whole: string;
  /** Behind the first colon, `""` for nothing. */
  readonly rest: string;
  /** `rest`, split at its colons. */
  readonly parts: readonly string[];
}

type Rebuild = (named: Named) => GlimpsePoint;

const POINTS: Readonly<Record<string, Rebuild>> = {
  stepStart: ({ rest }) =>
    stepStart(rest === "" ? {} : { value: rest as NonNullable<StepStartOptions["value"]> }),
  firstTokens: ({ rest }) => firstTokens(numberOr(rest) as number),
  skipMarkup: ({ rest }) => skipMarkup(pointFromName(rest)),
  openers: ({ rest }) => openers(rest.split("|").map(unescapeText)),
  span: ({ parts: [after = "", of] }) =>
    span({ after: unescapeText(after), of: of as SpanOptions["of"] }),
  digits: ({ whole, rest }) => {
    if (rest !== "") throw wrongName(whole, '"digits" takes nothing behind it.');
    return digits();
  },
  stepEnd: ({ parts: [statistic = "", q = ""] }) => stepEnd(statisticOf(statistic, q)),
  everyToken: ({ whole, rest, parts }) => everyToken(rest === "" ? {} : optionsOf(whole, parts)),
  window: ({ whole, parts: [n = "", ...options] }) =>
    window(numberOr(n) as number, optionsOf(whole, options)),
};

const COMPOSED: Readonly<
  Record<string, (parts: readonly string[], whole: string) => GlimpsePoint>
> = {
  anyOf: (parts, whole) =>
    anyOf(
      ...parts.map((part) => {
        if (!part.endsWith(OWN_POLICY)) return pointFromName(part);
        throw wrongName(
          whole,
          `A name does not hold the policy of ${JSON.stringify(part)}: build the point with anyOf().`,
        );
      }),
    ),
  blend: ([intercept = "", ...terms]) => {
    const split = terms.map((term) => {
      const at = term.indexOf("*");
      return { coefficient: term.slice(0, at), feature: term.slice(at + 1) };
    });
    return blend({
      features: split.map(({ feature }) => pointFromName(feature)),
      coefficients: split.map(({ coefficient }) => numberOr(coefficient) as number),
      intercept: numberOr(intercept) as number,
    });
  },
};

const COMPOSED_NAME = /^(\w+)\((.*)\)$/s;

/**
 * The point that has `name`, as a calibration or a record holds it, or the command line: `"firstTokens:3"`. A point
 * of the user's own, and policies of parts, are in no name.
 *
 * @example pointFromName("anyOf(stepStart,span:=:number)")
 * @throws RouteError `invalid_option` with the nearest name and all that there are
 */
export function pointFromName(name: string): GlimpsePoint {
  const [, composed = "", inner = ""] = COMPOSED_NAME.exec(name) ?? [];
  if (Object.hasOwn(COMPOSED, composed)) {
    const point = COMPOSED[composed]?.(splitParts(inner), name);
    if (point !== undefined) return point;
  }
  const colon = name.indexOf(":");
  const head = colon === -1 ? name : name.slice(0, colon);
  const rest = colon === -1 ? "" : name.slice(colon + 1);
  const rebuild = Object.hasOwn(POINTS, head) ? POINTS[head] : undefined;
  if (rebuild !== undefined) return rebuild({ whole: name, rest, parts: rest.split(":") });
  const known = [...Object.keys(POINTS), ...Object.keys(COMPOSED)];
  const near = nearestName(composed === "" ? head : composed, known);
  const meant = near === null ? "" : `Did you mean ${JSON.stringify(near)}? `;
  throw wrongName(
    name,
    `${meant}Known: ${known.join(", ")}. A point of your own must be handed over as an object.`,
  );
}

function statisticOf(statistic: string, q: string): Parameters<typeof stepEnd>[0] {
  if (statistic === "quantile") return quantile(numberOr(q) as number);
  return statistic === "rise" ? rise() : (statistic as unknown as StepStatistic);
}

function wrongName(name: string, remedy: string): RouteError {
  return new RouteError("invalid_option", `There is no point ${JSON.stringify(name)}. ${remedy}`);
}
