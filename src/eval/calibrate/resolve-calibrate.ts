import type { Json } from "../../core/json.js";
import { requireKnownFields } from "../../known-fields.js";
import type { NamedChecker } from "../checkers/run-checker.js";
import { namedChecker } from "../checkers/run-checker.js";
import { hashOfProblems } from "../problems/hash-of-problems.js";
import { AskedPair } from "../replies/asked-pair.js";
import { describeModel } from "../run/describe-model.js";
import type { RecordPlan } from "../run/make-record.js";
import { readAll } from "../run/read-all.js";
import { askedBranches } from "./asked-branches.js";
import type { CalibrateOptions } from "./calibrate-options.js";
import { insidePoints } from "./draw-all.js";
import { unlabelled } from "./draw-replies.js";
import { invalid } from "./invalid-calibrate.js";
import { comparedSteps, type Label, otherNumber } from "./labels.js";
import { readMenu, type Signal } from "./menu.js";
import { divergent } from "./neutral.js";
import { replySettings } from "./reply-settings.js";
import { clusterOf, type SplitProblems, splitProblems } from "./split-problems.js";
import { requireTarget, type TargetName } from "./target.js";

/** A calibration before its first request: everything is checked. */
export interface ResolvedCalibration {
  readonly answering: RecordPlan;
  readonly split: SplitProblems;
  readonly menu: readonly Signal[];
  readonly target: { readonly name: TargetName; readonly share: number };
  /** What signals are compared by. */
  readonly by: "gain" | "label";
  labelFor(signal: AbortSignal): Label;
  readonly isChecked: boolean;
  readonly margin: number;
  readonly draws: number;
  readonly branches: number;
  readonly seed: number;
  readonly data: {
    readonly sha256: string;
    readonly n: number;
    readonly clusters: number;
    readonly split: number;
    readonly seed: number;
  };
  /** What a work folder is for: another one is refused. */
  readonly settings: Readonly<Record<string, Json>>;
}

/** That none is forgotten, the compiler sees to. */
const FIELDS: Readonly<Record<keyof CalibrateOptions, true>> = {
  small: true,
  large: true,
  problems: true,
  checker: true,
  menu: true,
  label: true,
  target: true,
  margin: true,
  split: true,
  draws: true,
  branches: true,
  seed: true,
  concurrency: true,
  router: true,
  work: true,
  signal: true,
  onPlan: true,
  onProgress: true,
};

const DEFAULTS = {
  menu: ["default"],
  target: { steps: 0.25 },
  margin: 0.02,
  split: 0.5,
  draws: 4,
  seed: 0,
} as const;

/** Answers are not judged: nobody knows which are right. */
const UNCHECKED: NamedChecker = {
  name: "none",
  check: () => ({ score: null }),
  needsAnswer: false,
};

/** @throws GlimpRouterError `invalid_option` or `invalid_input` naming the field, before anything is paid for */
export async function resolveCalibrate(options: CalibrateOptions): Promise<ResolvedCalibration> {
  requireKnownFields(options, { owner: "calibrate", known: Object.keys(FIELDS) });
  const { margin, split: share, draws, seed } = requireNumbers(options);
  const checker = options.checker === undefined ? UNCHECKED : namedChecker(options.checker);
  const isChecked = options.checker !== undefined;
  const target = requireTarget(options.target ?? DEFAULTS.target);
  const label = options.label ?? (isChecked ? "gain" : "neutral");
  requireLabel(label, isChecked);
  requireNoRouting(options.router ?? {});
  const problems = await readAll(options.problems, checker);
  const split = splitProblems(problems, { share, seed });
  const models = { small: options.small, large: options.large };
  const pair = await AskedPair.of(models, options.router ?? {}, options.signal);
  const { writers } = pair;
  const canScore = writers.large.scorePrompt !== undefined;
  const canGoOn = writers.large.kind !== "ask";
  if (label === "neutral" && !canGoOn) throw invalid("label", label, IS_PROMPTED);
  const menu = withoutInside(
    readMenu(options.menu ?? DEFAULTS.menu, { canScore }),
    options.menu,
    canGoOn,
  );
  const answering = answeringOf(options, pair, checker);
  const sha256 = hashOfProblems(problems);
  return {
    answering,
    split,
    menu,
    target,
    by: label === "gain" ? "gain" : "label",
    labelFor: (signal) => labelOf(label, answering, seed, signal),
    isChecked,
    margin,
    draws,
    branches: askedBranches(options.branches, pair, label),
    seed,
    data: {
      sha256,
      n: problems.length,
      clusters: new Set(problems.map(clusterOf)).size,
      split: share,
      seed,
    },
    settings: {
      v: 1,
      small: describeModel(models.small, writers.small).name,
      large: describeModel(models.large, writers.large).name,
      data: sha256,
      checker: checker.name,
      menu: menu.map(({ name }) => name),
      label: typeof label === "function" ? label.name || "function" : label,
      target: { [target.name]: target.share },
      margin,
      split: share,
      draws,
      seed,
      ...replySettings(pair),
    },
  };
}

function answeringOf(
  options: CalibrateOptions,
  pair: AskedPair,
  checker: NamedChecker,
): RecordPlan {
  const { concurrency = isLocal(pair) ? AT_ONCE_HERE : AT_ONCE } = options;
  const { small, large, problems } = options;
  return {
    pair,
    drafted: null,
    checker,
    options: { small, large, problems, checker: checker.check, concurrency },
  };
}

/** Problems under way at once. In this process more than two only take each other's place in the models' caches. */
const AT_ONCE = 8;
const AT_ONCE_HERE = 2;

export function isLocal({ writers: { small, large } }: RecordPlan["pair"]): boolean {
  return small.kind === "local" || large.kind === "local";
}

/** A large model that is prompted cannot go on in mid-sentence: what the menu has by default is left out. */
function withoutInside(
  menu: readonly Signal[],
  asked: readonly string[] | undefined,
  canGoOn: boolean,
): readonly Signal[] {
  if (canGoOn) return menu;
  const inside = insidePoints(menu).map(({ name }) => name);
  const named = inside.find((name) => asked?.includes(name));
  if (named === undefined) return menu.filter(({ name }) => !inside.includes(name));
  throw invalid(
    "menu",
    named,
    'The large model is prompted ("ask"): it cannot go on inside a step.',
  );
}

const IS_PROMPTED =
  'The large model is prompted ("ask"): it goes on neither inside a step nor with a thought to its end. Take points that cut at a step\'s start, and a `checker` or the label "numbers".';

function labelOf(
  label: NonNullable<CalibrateOptions["label"]>,
  answering: RecordPlan,
  seed: number,
  signal: AbortSignal,
): Label {
  if (label === "gain") return unlabelled;
  if (label === "neutral") return divergent(answering, seed, signal);
  return comparedSteps(label === "numbers" ? otherNumber : label);
}

/** What is to be found is not to be given. */
function requireNoRouting(router: NonNullable<CalibrateOptions["router"]>): void {
  const given = (["threshold", "policy", "glimpseAt", "verify"] as const).find(
    (field) => router[field] !== undefined && router[field] !== false,
  );
  if (given === undefined) return;
  throw invalid(`router.${given}`, router[given], "calibrate looks for it: leave it out.");
}

function requireLabel(label: unknown, isChecked: boolean): void {
  const isKnown = label === "gain" || label === "neutral" || label === "numbers";
  if (!isKnown && typeof label !== "function") {
    throw invalid("label", label, 'Give "gain", "neutral", "numbers" or a function.');
  }
  if (label === "gain" && !isChecked) {
    throw invalid(
      "label",
      label,
      "Gain is told by right answers: give a `checker`, or another label.",
    );
  }
}

function requireNumbers(options: CalibrateOptions) {
  const { margin = DEFAULTS.margin, split = DEFAULTS.split } = options;
  const { draws = DEFAULTS.draws, seed = DEFAULTS.seed } = options;
  if (!(margin > 0 && margin < 1))
    throw invalid("margin", margin, "Give a difference, above 0 and below 1.");
  if (!(split > 0 && split < 1)) throw invalid("split", split, "Give a share between 0 and 1.");
  if (!Number.isSafeInteger(draws) || draws < 1) {
    throw invalid("draws", draws, "Give a whole number of replies, 1 or more.");
  }
  if (!Number.isSafeInteger(seed)) throw invalid("seed", seed, "Give a whole number.");
  return { margin, split, draws, seed };
}
