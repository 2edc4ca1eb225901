import { requireFields } from "../check-argument.js";
import type { Ask, GlimpsePoint } from "./glimpse-point.js";
import { requirePoint, wrongArgument } from "./point-arguments.js";
import { endPart, type PartState, readPart, startPart } from "./point-part.js";

export interface BlendOptions {
  /** 1 to 8 points whose values count. */
  readonly features: readonly GlimpsePoint[];
  /** One number for each feature, in its unit's inverse. */
  readonly coefficients: readonly number[];
  /** @defaultValue 0 */
  readonly intercept?: number;
}

type Feature = {
  readonly part: PartState;
  /** Its highest value in this step; `null` where it has not asked. */
  readonly value: number | null;
  /** It will not ask again in this step. */
  readonly known: boolean;
};

type State = { readonly features: readonly Feature[]; readonly asked: boolean };

const MOST = 8;

/**
 * Several values as one: 1 / (1 + e^-(intercept + sum of coefficient x value)), 0 to 1, as a logistic regression on
 * your own pair gives them. A feature counts with the highest value that it asks with in the step, and with 0 where
 * it does not ask. It asks once a step: when every feature has said its last, and at the latest at the step's end,
 * so a feature that cuts inside a step, or looks at its end, makes the whole step wait. Large writes the step from
 * its start.
 *
 * Source: learned beats simple in arXiv 2404.10136.
 *
 * @example blend({ features: [stepStart(), digits()], coefficients: [0.4, 2.1], intercept: -1.5 })
 * @throws RouteError `invalid_option`
 */
export function blend(options: BlendOptions): GlimpsePoint {
  requireFields("blend", options, ["features", "coefficients", "intercept"]);
  const { features, coefficients, intercept } = requireBlend(options);
  const terms = features.map(({ name }, index) => `${coefficients[index]}*${name}`);
  const value = (read: readonly Feature[]) =>
    logistic(
      read.reduce((sum, each, i) => sum + (coefficients[i] ?? 0) * (each.value ?? 0), intercept),
    );
  const ask = (read: readonly Feature[]): Ask => ({
    occasion: 0,
    value: value(read),
    cut: 0,
    final: true,
  });
  const point: GlimpsePoint<State> = {
    name: `blend(${[intercept, ...terms].join(",")})`,
    unit: "1",
    range: () => [0, 1],
    cutsInside: false,
    start: (before) => ({
      features: features.map((each, index) => ({
        part: startPart(each, before?.features[index]?.part),
        value: null,
        known: false,
      })),
      asked: false,
    }),
    wants: (state) => state.features.some(({ part }, i) => features[i]?.wants(part.state) ?? false),
    wantsToo: (state, text) =>
      state.features.some(({ part }, i) => features[i]?.wantsToo?.(part.state, text) ?? false),
    read(state, token) {
      const read = state.features.map((each, index) => {
        const point = features[index];
        if (point === undefined) return each;
        const { part, asks } = readPart(point, each.part, token);
        return noted(each, part, asks, !point.cutsInside);
      });
      if (state.asked || read.some(({ known }) => !known)) {
        return { state: { features: read, asked: state.asked } };
      }
      return { state: { features: read, asked: true }, ask: ask(read) };
    },
    end({ features: read, asked }) {
      if (asked) return null;
      return ask(
        read.map((each, index) => {
          const point = features[index];
          return point === undefined || each.known
            ? each
            : noted(each, each.part, endPart(point, each.part), true);
        }),
      );
    },
    holdsFrom: ({ asked }) => (asked ? null : 0),
  };
  return point;
}

/** @param single - its first final ask is its last */
function noted(
  { value, known }: Feature,
  part: PartState,
  asks: readonly Ask[],
  single: boolean,
): Feature {
  const asked = asks.map((each) => each.value);
  const highest = known ? value : Math.max(value ?? Number.NEGATIVE_INFINITY, ...asked);
  return {
    part,
    value: highest === Number.NEGATIVE_INFINITY ? null : highest,
    known: known || (single && asks.some(({ final }) => final)),
  };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function requireBlend({ features, coefficients, intercept = 0 }: BlendOptions) {
  if (!Array.isArray(features) || features.length === 0 || features.length > MOST) {
    throw wrongArgument("blend", "features", features, `a list of 1 to ${MOST} points`);
  }
  const isOneEach = Array.isArray(coefficients) && coefficients.length === features.length;
  if (!isOneEach) {
    const wanted = `a list of ${features.length} numbers, one for each feature`;
    throw wrongArgument("blend", "coefficients", coefficients, wanted);
  }
  for (const each of [...coefficients, intercept]) {
    if (Number.isFinite(each)) continue;
    const field = each === intercept ? "intercept" : "coefficients";
    throw wrongArgument("blend", field, each, "finite numbers");
  }
  return {
    features: features.map((each) => requirePoint("blend", "features", each)),
    coefficients: [...coefficients],
    intercept,
  };
}
