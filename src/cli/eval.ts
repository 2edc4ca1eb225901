import { join } from "node:path";
import { readRecords } from "../eval/records/read-records.js";
import { RUN_FILES, readRunFile, writeWhole } from "../eval/records/run-folder.js";
import { estimateRun } from "../eval/run/estimate-run.js";
import { openRun, runPlanned, totalOf } from "../eval/run/evaluate.js";
import type { EvaluateOptions } from "../eval/run/evaluate-options.js";
import { type PlannedRun, planRun } from "../eval/run/plan-run.js";
import { summarise } from "../eval/summary/summarise.js";
import type { Summary } from "../eval/summary/summary.js";
import { summaryMarkdown } from "../eval/summary/summary-markdown.js";
import { asUsage } from "./as-usage.js";
import { type EvalArguments, readEvalArguments } from "./eval-arguments.js";
import { EvalBar } from "./eval-progress.js";
import { type DraftedLarge, loadDrafted } from "./load-drafted.js";
import { loadPair, type Pair, routingOf } from "./load-pair.js";
import { estimateLine, isAgreed, tellHowToResume } from "./paint-estimate.js";
import { paintSummary } from "./paint-summary.js";
import { type ReadData, readData } from "./read-data.js";
import { isWatched, show, writeAside, writeJson } from "./terminal.js";

/** Exit codes beside 0 and those of errors. */
const NOT_MET = 1;
const STOPPED = 130;

/** `glimprouter eval`: a pair on a user's own problems, in several ways; exit code 1 where `--require` is not met. */
export function runEval(args: string[]): Promise<void> {
  return asUsage(() => runAsked(args));
}

async function runAsked(args: string[]): Promise<void> {
  const asked = await readEvalArguments(args);
  const data = await readData(asked);
  const pair = await loadPair(asked);
  const { largeDraft } = asked;
  const drafted = largeDraft === undefined ? null : await loadDrafted(largeDraft, asked);
  const stop = new AbortController();
  const onInterrupt = () => stop.abort(new Error("Stopped."));
  process.once("SIGINT", onInterrupt);
  try {
    const plan = await planOf({ asked, args, data, pair, drafted, signal: stop.signal });
    if (await runAll(plan, asked)) await tellSummary(asked);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    tellHowToResume(await countRecords(asked.output), asked.output, ["eval", ...args]);
    process.exitCode = STOPPED;
  } finally {
    process.off("SIGINT", onInterrupt);
    await drafted?.dispose();
    await pair.dispose();
  }
}

async function planOf(of: {
  readonly asked: EvalArguments;
  readonly args: readonly string[];
  readonly data: ReadData;
  readonly pair: Pair;
  readonly drafted: DraftedLarge | null;
  readonly signal: AbortSignal;
}): Promise<PlannedRun> {
  const { asked, args, data, pair, drafted, signal } = of;
  const { problems, source, skipped } = data;
  const { routing, calibrations, continuation, topLogprobs, limits } = asked;
  const { threshold, glimpseAt, verify, closeWhen, minThoughtTokens } = routingOf(pair, routing);
  const isCalibrated = calibrations.length > 0;
  const options: EvaluateOptions = {
    small: pair.small,
    large: pair.large,
    ...(drafted && { draftedLarge: drafted.model }),
    problems,
    checker: asked.checker,
    arms: asked.arms,
    router: {
      ...limits,
      ...(continuation && { continuation }),
      ...(topLogprobs === undefined ? {} : { topLogprobs }),
      ...(minThoughtTokens === undefined ? {} : { minThoughtTokens }),
    },
    ...(isCalibrated
      ? { calibration: calibrations }
      : { threshold: numberOf(threshold), glimpseAt, verify }),
    closeWhen,
    ...{ doubt: asked.doubt, rates: asked.rates, prices: asked.prices },
    ...{ mode: asked.mode, repeats: asked.repeats, seed: asked.seed },
    ...{ concurrency: asked.concurrency, atOnce: asked.atOnce },
    ...{ primary: asked.primary, margin: asked.margin },
    ...{ work: asked.output, source, skipped, arguments: withoutSecrets(args), signal },
  };
  return planRun(options);
}

/** Calibrations are read apart: there may be several. */
function numberOf(threshold: unknown): number | undefined {
  return typeof threshold === "number" ? threshold : undefined;
}

/** @returns false where nobody wanted it */
async function runAll(plan: PlannedRun, asked: EvalArguments): Promise<boolean> {
  const total = totalOf(plan);
  let done = await openRun(plan);
  writeAside(show`${estimateLine(plan, await estimateRun(plan, done))}\n`);
  // The embedded pair costs nothing but time.
  const isAsked = asked.small !== undefined && !asked.isConfirmed && done < total;
  if (isAsked && !(await isAgreed())) {
    writeAside(show`Nothing was run.\n`);
    return false;
  }
  const bar = new EvalBar();
  try {
    for await (const record of runPlanned(plan)) {
      if (isWatched()) bar.show({ record, done: ++done, total });
    }
  } finally {
    bar.stop();
  }
  return true;
}

async function tellSummary({ output, json, isRequired }: EvalArguments): Promise<void> {
  const run = await readRunFile(output);
  if (run === null) return;
  const summary = await summarise(readRecords(join(output, RUN_FILES.records)), run);
  await writeWhole(join(output, RUN_FILES.summary), summary);
  await writeWhole(join(output, RUN_FILES.words), summaryMarkdown(summary));
  if (json) writeJson(summary);
  else paintSummary(summary, output);
  if (isRequired && !isMet(summary)) process.exitCode = NOT_MET;
}

/** The primary claim: the routed arm gains, and more than d is not excluded. */
function isMet({ verdict }: Summary): boolean {
  return verdict?.says === "gains";
}

async function countRecords(folder: string): Promise<number> {
  let count = 0;
  try {
    for await (const _record of readRecords(join(folder, RUN_FILES.records))) count++;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return count;
}

/** Addresses may hold a user's name and password. */
function withoutSecrets(args: readonly string[]): readonly string[] {
  return args.map((argument) => {
    if (!argument.startsWith("http") || !URL.canParse(argument)) return argument;
    const url = new URL(argument);
    url.username = "";
    url.password = "";
    url.search = "";
    return url.href;
  });
}
