import { linkSignals } from "../../core/linked-signals.js";
import { stepStart } from "../../core/points/step-start.js";
import type { Calibration } from "../../langchain/calibration/calibration.js";
import { type Alone, answerAlone, tokensAlone } from "./alone.js";
import { Answers } from "./answers.js";
import { tallyBranches } from "./branches.js";
import type { CalibrateOptions } from "./calibrate-options.js";
import { type ChosenSignal, chooseSignal } from "./choose-signal.js";
import { describePair } from "./describe-pair.js";
import {
  type Drawn,
  type DrawSettings,
  drawAtStarts,
  drawInside,
  insidePoints,
  rateInside,
} from "./draw-all.js";
import type { KnownBefore } from "./effect-of-signal.js";
import { firstLookOf } from "./first-look.js";
import { fitThreshold, stepsShare } from "./fit-threshold.js";
import { judgeHeldOut } from "./held-out.js";
import { countReplies, planOf, repliesAt } from "./plan.js";
import { Progress } from "./progress.js";
import { type ResolvedCalibration, resolveCalibrate } from "./resolve-calibrate.js";
import { choiceOf, type RoutingChoice } from "./routing-choice.js";
import { type ScoredSignal, scoreSignals, type ValuedSignal } from "./score-signals.js";
import { thresholdAt } from "./threshold-at.js";
import { valuedMenu } from "./value-menu.js";
import { WorkLog } from "./work-log.js";
import { writeCalibration } from "./write-calibration.js";

/**
 * Finds out where, by which signal and above which threshold a pair of models should hand over, and whether that gains
 * anything: on problems that had no part in the choice, against a coin tossed per question and against chance at the same kind
 * of place, at equal cost. What it returns is written whatever the verdict, and is a `threshold` of the router.
 *
 * @example
 * ```ts
 * const calibration = await calibrate({ small, large, problems: readProblems("problems.jsonl"), checker: "number" });
 * await writeFile("calibration.json", JSON.stringify(calibration));
 * ```
 * @throws GlimpRouterError `invalid_option` or `invalid_input` before the first request; a model's own error where five replies
 * in a row failed with it; a checker that throws, named with its problem. DataError where `work` holds another calibration.
 */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const resolved = await resolveCalibrate(options);
  const log = await WorkLog.open(options.work, resolved.settings);
  const { signal, unlink } = linkSignals(options.signal);
  try {
    signal.throwIfAborted();
    const kept = log.size;
    const { alone, routed } = countReplies(resolved);
    const progress = new Progress(alone + routed, kept, options.onProgress ?? (() => undefined));
    const onKept = (phase: string) => progress.kept(phase);
    const answers = new Answers(resolved.answering, log, { signal, onKept });
    const settings = drawSettings(resolved, signal);
    // Before the estimate: a model's first request is slow, and one that tells no candidates ends it here.
    const pair = await describePair(resolved.answering.pair, signal);
    await options.onPlan?.(await planOf(resolved, settings, answers, kept));
    return await run({ resolved, pair, settings, answers, progress });
  } finally {
    unlink();
    await log.close();
  }
}

interface Running {
  readonly resolved: ResolvedCalibration;
  /** What the two models are. */
  readonly pair: Awaited<ReturnType<typeof describePair>>;
  readonly settings: DrawSettings;
  readonly answers: Answers;
  readonly progress: Progress;
}

async function run(running: Running): Promise<Calibration> {
  const { resolved, pair, answers } = running;
  const { split, target, margin, seed, isChecked } = resolved;
  const ofFit = await answerAlone(split.fit, answers);
  const drawn = await drawEverywhere(running);
  const { signals, chosen } = score(resolved, drawn, ofFit);
  const choice = (chosen && choiceOf(chosen.valued.signal)) ?? FALLBACK;
  const large = tokensAlone(ofFit);
  const replies = (drawn.get("start")?.replies ?? []).map(({ reply }) => reply);
  const share = stepsShare(target, replies, large);
  const task = { choice, target, alone: large, start: startOf(chosen, share) };
  const fitted = await fitThreshold(split.fit, task, answers);
  const { tau, rate } = fitted;
  // Not before all is chosen: what is held out has no part in it, and a run that ends early has spent nothing on it.
  const alone = await answerAlone([...split.fit, ...split.heldOut], answers);
  const k = resolved.answering.pair.options({}).topLogprobs;
  const judged = { choice, tau, rate, target: target.name, k, alone, margin, seed, isChecked };
  const heldOut = await judgeHeldOut(split.heldOut, judged, answers);
  const firstLook = firstLookOf([...alone.large.values()].map(({ glimpses }) => glimpses));
  const branches = tallyBranches([...drawn.values()].flatMap(({ branched }) => branched));
  const found = { pair, choice, chosen, fitted, heldOut, signals, firstLook, branches };
  return writeCalibration(resolved, { ...found, replies: answers.tally.replies });
}

/** The paper's own place, where no other could be told from it. */
const FALLBACK: RoutingChoice = { kind: "point", point: stepStart(), direction: "above" };

function drawSettings(
  { target, draws, branches, seed, labelFor }: ResolvedCalibration,
  signal: AbortSignal,
): DrawSettings {
  const rate = Math.min(MOST_RATE, Math.max(LEAST_RATE, target.share));
  return { rate, draws, branches, seed, label: labelFor(signal) };
}

/** Chance at each kind of place of the menu. */
async function drawEverywhere({
  resolved: { split, menu, draws, branches },
  settings,
  answers,
  progress,
}: Running): Promise<ReadonlyMap<string, Drawn>> {
  const starts = await drawAtStarts(split.fit, menu, settings, answers);
  const drawn = new Map([["start", starts]]);
  for (const point of insidePoints(menu)) {
    const rate = rateInside(starts, point, settings.rate);
    if (rate === null) progress.spared(repliesAt({ draws, branches }) * split.fit.length);
    else drawn.set(point.name, await drawInside(split.fit, point, { ...settings, rate }, answers));
  }
  return drawn;
}

/** A rate by chance near the one that is meant, and at which both sides have their share. */
const LEAST_RATE = 0.1;
const MOST_RATE = 0.5;

function score(
  { menu, by, isChecked, seed }: ResolvedCalibration,
  drawn: ReadonlyMap<string, Drawn>,
  alone: Alone,
): { readonly signals: readonly ScoredSignal[]; readonly chosen: ChosenSignal | null } {
  const valued = valuedMenu(menu, drawn);
  const signals = scoreSignals(valued, { before: isChecked ? knownBefore(alone) : null, seed });
  return { signals, chosen: chooseSignal(valued, signals, by) };
}

function knownBefore({ small, large }: Alone): ReadonlyMap<string, KnownBefore> {
  return new Map(
    [...small].map(([id, { score: bySmall }]) => [
      id,
      { small: bySmall, large: large.get(id)?.score ?? 0 },
    ]),
  );
}

/** Where the search for tau begins: on thoughts in which chance handed over. */
function startOf(
  chosen: ChosenSignal | null,
  share: number,
): { readonly tau: number; readonly share: number } {
  const found = chosen === null ? null : thresholdAt(weighedOf(chosen.valued), share);
  return { tau: found?.tau ?? 1, share };
}

function weighedOf({ values }: ValuedSignal) {
  return values.map((value) => ({ value: Number.isFinite(value) ? value : null, weight: 1 }));
}
