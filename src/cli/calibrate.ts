import { writeFile } from "node:fs/promises";
import { calibrate } from "../eval/calibrate/calibrate.js";
import type { Calibration } from "../langchain/calibration/calibration.js";
import { asUsage } from "./as-usage.js";
import { type CalibrateArguments, readCalibrateArguments } from "./calibrate-arguments.js";
import { CalibrationBar } from "./calibration-bar.js";
import { loadPair, type Pair } from "./load-pair.js";
import { paintCalibration } from "./paint-calibration.js";
import { calibrationLine, isAgreed, tellHowToResume } from "./paint-estimate.js";
import { type ReadData, readData } from "./read-data.js";
import { show, writeAside, writeJson } from "./terminal.js";
import { UsageError } from "./usage-error.js";

/** Exit codes beside 0 and those of errors. */
const NO_GAIN = 1;
const STOPPED = 130;

/**
 * `glimprouter calibrate`: does routing gain on this pair, where, and above which threshold? Exit code 1 where no gain is
 * shown.
 */
export function runCalibrate(args: string[]): Promise<void> {
  return asUsage(() => runAsked(args));
}

async function runAsked(args: string[]): Promise<void> {
  const asked = await readCalibrateArguments(args);
  const data = await readData(asked);
  const pair = await loadPair(asked);
  const stop = new AbortController();
  const bar = new CalibrationBar();
  const onInterrupt = () => stop.abort(new Error("Stopped."));
  process.once("SIGINT", onInterrupt);
  try {
    const calibration = await measure({ asked, data, pair, bar, signal: stop.signal });
    bar.stop();
    await writeFile(asked.output, `${JSON.stringify(calibration, null, 2)}\n`);
    if (asked.json) writeJson(calibration);
    else paintCalibration(calibration, asked.output);
    if (!calibration.verdict.says.startsWith("gains")) process.exitCode = NO_GAIN;
  } catch (error) {
    bar.stop();
    if (!stop.signal.aborted) throw error;
    tellHowToResume(bar.done, asked.work, ["calibrate", ...args]);
    process.exitCode = STOPPED;
  } finally {
    process.off("SIGINT", onInterrupt);
    await pair.dispose();
  }
}

async function measure(of: {
  readonly asked: CalibrateArguments;
  readonly data: ReadData;
  readonly pair: Pair;
  readonly bar: CalibrationBar;
  readonly signal: AbortSignal;
}): Promise<Calibration> {
  const { asked, data, pair, bar, signal } = of;
  const { checker, menu, label, target, margin, draws, branches, concurrency } = asked;
  const { seed, work, continuation, topLogprobs, limits } = asked;
  return calibrate({
    small: pair.small,
    large: pair.large,
    problems: data.problems,
    ...{ checker, menu, label, target, margin, draws, branches, concurrency, seed, work, signal },
    router: {
      ...limits,
      ...(continuation === undefined ? {} : { continuation }),
      ...(topLogprobs === undefined ? {} : { topLogprobs }),
    },
    onPlan: async (plan) => {
      bar.stop();
      writeAside(show`${calibrationLine(plan)}\n`);
      // The embedded pair costs nothing but time.
      const isAsked = asked.small !== undefined && !asked.isConfirmed && plan.replies > 0;
      if (isAsked && !(await isAgreed())) throw new UsageError("Nothing more was asked.");
    },
    onProgress: bar.show,
  });
}
