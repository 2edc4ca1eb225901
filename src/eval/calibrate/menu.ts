import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { pointFromName } from "../../core/points/point-from-name.js";
import { RouteError } from "../../core/route-error.js";
import { GlimpRouterError } from "../../errors.js";
import { MODEL_JUDGES, type ModelJudge } from "../../router/model-judge.js";

/** What says nothing of a model's doubt: a signal that does not beat these has found the step's place, or its length. */
export const DUMMIES = ["stepNumber", "stepLength", "holdsDigit"] as const;

export type Dummy = (typeof DUMMIES)[number];

/** What may tell where a hand-over gains. */
export type Signal =
  | {
      readonly kind: "point";
      readonly name: string;
      readonly point: GlimpsePoint;
      readonly direction: "above" | "below";
    }
  | { readonly kind: "judge"; readonly name: string; readonly by: ModelJudge }
  /** Of the points that cut at a step's start; fitted on the fit split. */
  | { readonly kind: "blend"; readonly name: "blend" }
  | { readonly kind: "dummy"; readonly name: Dummy };

const OPENERS = "openers:Wait|But|However|Alternatively|Hmm|Actually";

/** The points and verifications that have a source (docs/glimpse-points.md), and no more: the best of many looks good by chance. */
const DEFAULT_MENU: readonly string[] = [
  "stepStart",
  "stepStart:margin",
  "firstTokens:3",
  "skipMarkup:stepStart",
  OPENERS,
  "span:=:number",
  "digits",
  "stepEnd:meanEntropy",
  "stepEnd:maxEntropy",
  "stepEnd:perplexity",
  "below:stepEnd:perplexity",
  "stepEnd:quantile:0.9",
  "stepEnd:rise",
  "window:5:cut=stepStart",
  "blend",
  "verify:score",
  "verify:self",
  "verify:likelihood",
];

const VERIFY = "verify:";
const BELOW = "below:";

/**
 * The signals of these names; `default` stands for the usual ones. The dummies are always among them.
 *
 * @param canScore - large tells how likely a given text is: what it cannot judge by is left out of `default`
 * @throws GlimpRouterError `invalid_option` with what there is
 */
export function readMenu(
  names: readonly string[],
  { canScore }: { readonly canScore: boolean },
): readonly Signal[] {
  const usual = DEFAULT_MENU.filter((name) => canScore || name !== `${VERIFY}likelihood`);
  const all = names.flatMap((name) => (name === "default" ? usual : [name]));
  const asked = [...new Set(all)].map((name) => signalOf(name, canScore));
  const dummies = DUMMIES.map((name): Signal => ({ kind: "dummy", name }));
  return [...asked, ...dummies.filter(({ name }) => !all.includes(name))];
}

function signalOf(name: string, canScore: boolean): Signal {
  const dummy = DUMMIES.find((each) => each === name);
  if (dummy !== undefined) return { kind: "dummy", name: dummy };
  if (name === "blend") return { kind: "blend", name };
  if (name.startsWith(VERIFY)) return judgeOf(name, canScore);
  const isBelow = name.startsWith(BELOW);
  try {
    const point = pointFromName(isBelow ? name.slice(BELOW.length) : name);
    return { kind: "point", name, point, direction: isBelow ? "below" : "above" };
  } catch (error) {
    if (!(error instanceof RouteError)) throw error;
    const others = `Beside points there are: default, blend, verify:score, verify:self, verify:likelihood, below:POINT.`;
    throw new GlimpRouterError(`The menu has ${JSON.stringify(name)}. ${error.message} ${others}`, {
      reason: "invalid_option",
    });
  }
}

function judgeOf(name: string, canScore: boolean): Signal {
  const by = MODEL_JUDGES.find((each) => name === VERIFY + each);
  const known = MODEL_JUDGES.map((each) => VERIFY + each).join(", ");
  const wrong =
    by === undefined
      ? `There are: ${known}.`
      : by === "likelihood" && !canScore
        ? "The large model cannot tell how likely a given text is: it takes one on vLLM or SGLang, or in this process."
        : null;
  if (by !== undefined && wrong === null) return { kind: "judge", name, by };
  throw new GlimpRouterError(`The menu has ${JSON.stringify(name)}. ${wrong}`, {
    reason: "invalid_option",
  });
}

/** Where large would go on: at the step's start, shared by many signals; or inside, where each point has its own place. */
export function placeOf(signal: Signal): "start" | GlimpsePoint {
  return signal.kind === "point" && signal.point.cutsInside ? signal.point : "start";
}
