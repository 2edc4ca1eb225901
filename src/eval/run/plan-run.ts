import { randomUUID } from "node:crypto";
import { arch, cpus, platform } from "node:os";
import type { Json } from "../../core/json.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import { VERSION } from "../../version.js";
import { armsNamed } from "../arms/all-arms.js";
import type { Arm } from "../arms/arm.js";
import { calibratedSetup, type RoutedSetup, setupOf } from "../arms/routed-setup.js";
import { type NamedChecker, namedChecker } from "../checkers/run-checker.js";
import { hashOfProblems } from "../problems/hash-of-problems.js";
import type { Problem } from "../problems/problem.js";
import type { RunFile } from "../records/run-file.js";
import { AskedPair, type SharedOptions } from "../replies/asked-pair.js";
import { checkOptions, invalidOption } from "./check-options.js";
import { describeModel } from "./describe-model.js";
import type { EvaluateOptions } from "./evaluate-options.js";
import { readAll } from "./read-all.js";

/** A run before its first request: everything is checked, and what is compared is fixed. */
export interface PlannedRun {
  readonly run: RunFile;
  readonly pair: AskedPair;
  /** With the large model that something writes ahead of, where there is one. */
  readonly drafted: AskedPair | null;
  readonly arms: readonly Arm[];
  readonly problems: readonly Problem[];
  readonly checker: NamedChecker;
  readonly options: EvaluateOptions;
}

const DEFAULT_MARGIN = 0.02;
const DEFAULT_ALPHA = 0.05;

/**
 * @throws GlimpRouterError `invalid_option` or `invalid_input` naming the field; `server` where a model's server cannot be
 * asked what it is
 */
export async function planRun(options: EvaluateOptions): Promise<PlannedRun> {
  checkOptions(options);
  const checker = namedChecker(options.checker);
  const problems = await readAll(options.problems, checker);
  const models = { small: options.small, large: options.large };
  const calibrations = [options.calibration ?? []].flat();
  const { prices } = options;
  const router = { ...setUpOf(calibrations), ...options.router, ...(prices && { prices }) };
  const pair = await AskedPair.of(models, router, options.signal);
  for (const each of calibrations) await pair.requireCalibrated(each, options.signal);
  const { draftedLarge } = options;
  const drafted =
    draftedLarge === undefined
      ? null
      : await AskedPair.of({ ...models, large: draftedLarge }, router, options.signal);
  const arms = armsOf(options);
  requireArm(options.primary, arms);
  for (const arm of arms) checkArm(pair, arm);
  return {
    run: runFile({ options, checker, problems, pair, drafted, arms }),
    pair,
    drafted,
    arms,
    problems,
    checker,
    options,
  };
}

/** What a calibration's values were measured with. */
function setUpOf([calibration]: readonly Calibration[]): SharedOptions {
  if (calibration === undefined) return {};
  const { delimiter, thinking, k: topLogprobs } = calibration;
  return { delimiter, thinking, topLogprobs };
}

function armsOf(options: EvaluateOptions): readonly Arm[] {
  const { arms = ["default"], mode = "quality", seed = 0, rates, closeWhen, doubt } = options;
  const [setup, ...further] = setupsOf(options);
  const hasDraft = options.draftedLarge !== undefined;
  return armsNamed(arms, { setup, further, seed, rates, closeWhen, doubt, hasDraft }, mode);
}

/** A verdict about an arm that is not run would be none. */
function requireArm(primary: string | undefined, arms: readonly Arm[]): void {
  if (primary === undefined || arms.some(({ name }) => name === primary)) return;
  throw invalidOption(
    "primary",
    primary,
    `Give one of: ${arms.map(({ name }) => name).join(", ")}.`,
  );
}

function setupsOf({
  calibration,
  threshold,
  glimpseAt: point,
  verify,
}: EvaluateOptions): readonly [RoutedSetup, ...RoutedSetup[]] {
  const [first, ...further] = calibration === undefined ? [] : [calibration].flat();
  if (first === undefined) return [setupOf({ point, threshold, verify })];
  const points = further.map((each) => each.point);
  const twice = points.find((each, at) => points.indexOf(each) !== at);
  if (twice !== undefined) {
    throw invalidOption(
      "calibration",
      twice,
      "Two further ones have this point: give one of them.",
    );
  }
  return [calibratedSetup(first), ...further.map(calibratedSetup)];
}

/** What the router would refuse in each of its replies, it refuses here. */
function checkArm(pair: AskedPair, { way }: Arm): void {
  pair.options(way.kind === "routed" ? way.options({ problem: "", repeat: 0 }) : {});
}

function runFile(plan: Omit<PlannedRun, "run">): RunFile {
  const { options, checker, problems, pair, drafted, arms } = plan;
  const { mode = "quality", repeats = 1, seed = 0, prices = null, calibration = null } = options;
  const { primary = "routed", margin = DEFAULT_MARGIN, alpha = DEFAULT_ALPHA } = options;
  const { models, writers } = pair;
  return {
    v: 1,
    id: randomUUID(),
    made: new Date().toISOString(),
    package: VERSION,
    mode,
    models: {
      small: describeModel(models.small, writers.small),
      large: describeModel(models.large, writers.large),
      ...(drafted === null
        ? {}
        : { draftedLarge: describeModel(drafted.models.large, drafted.writers.large) }),
    },
    arms: arms.map(({ name, about, settings }) => ({ arm: name, about, settings })),
    repeats,
    seed,
    checker: checker.name,
    data: {
      source: options.source ?? "given",
      sha256: hashOfProblems(problems),
      n: problems.length,
      clusters: new Set(problems.map(({ id, cluster }) => cluster ?? id)).size,
      skipped: options.skipped ?? 0,
    },
    prices,
    calibration: calibration as Json,
    primary: { arm: primary, margin, alpha },
    machine: { platform: platform(), arch: arch(), cpus: cpus().length, node: process.version },
    arguments: [...(options.arguments ?? [])],
  };
}
