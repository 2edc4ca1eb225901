import { diagnose } from "../doctor/diagnose.js";
import { judgeOwnSteps } from "../doctor/judge-own-steps.js";
import type { DoctorReport } from "../doctor/report.js";
import { compareCalibration, paintComparison } from "./compare-calibration.js";
import { DEMO_PROBLEMS } from "./demo-problems.js";
import type { DemoProblem } from "./demo-table.js";
import { WORD_PROBLEMS } from "./demo-word-problems.js";
import { embeddedPairName, loadPair, type Pair } from "./load-pair.js";
import { ownStepsTable, paintOwnSteps } from "./own-steps.js";
import { DoctorPainter } from "./paint-report.js";
import { readCalibrationFile } from "./read-calibration-file.js";
import {
  MODEL_OPTIONS,
  parseOptions,
  readContinuation,
  readNumber,
  readTopLogprobs,
} from "./read-options.js";
import { readJudge } from "./read-verify.js";
import { columns, writeJson } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const promptsOf = (problems: readonly DemoProblem[]) => problems.map(({ prompt }) => prompt);
const QUESTIONS = { tape: promptsOf(DEMO_PROBLEMS), words: promptsOf(WORD_PROBLEMS) };

/** `glimprouter doctor`: can these two models route? Exit code 1 where they cannot. */
export async function runDoctor(args: string[]): Promise<void> {
  const asked = readDoctorArguments(args);
  const { json, threshold } = asked;
  const pair = await loadPair(asked);
  try {
    const report = await examine(asked, pair);
    const { compared, judged } = report.canRoute ? await askFurther(asked, pair) : {};
    if (json) {
      const rejected = judged && { ...judged, rejected: ownStepsTable(judged, threshold) };
      writeJson({
        ...report,
        ...(compared && { calibration: compared }),
        ...(rejected && { verify: rejected }),
      });
    } else {
      if (compared !== undefined) paintComparison(compared);
      if (judged !== undefined) paintOwnSteps(judged, threshold);
    }
    if (!report.canRoute || compared?.holds === false) process.exitCode = 1;
  } finally {
    await pair.dispose();
  }
}

type DoctorArguments = ReturnType<typeof readDoctorArguments>;

async function examine(asked: DoctorArguments, { small, large }: Pair): Promise<DoctorReport> {
  const { json, continuation, calibration } = asked;
  const topLogprobs = asked.topLogprobs ?? calibration?.k;
  const painter = new DoctorPainter(columns());
  const report = await diagnose({
    small,
    large,
    ...(continuation === undefined ? {} : { continuation }),
    ...(topLogprobs === undefined ? {} : { topLogprobs }),
    ...(calibration === undefined ? {} : { thinking: calibration.thinking }),
    // Each check is shown when it is made: a slow server's take half a minute each.
    ...(json ? {} : { onCheck: painter.check }),
  });
  if (!json) painter.end(report);
  return report;
}

/** What else was asked about a pair that routes. */
async function askFurther(
  { by, calibration, continuation, small, pair: name }: DoctorArguments,
  pair: Pair,
) {
  // An embedded pair knows its own kind of question alone.
  const questions = small === undefined ? { questions: QUESTIONS[embeddedPairName(name)] } : {};
  const continued = continuation === undefined ? {} : { continuation };
  const compared =
    calibration === undefined
      ? undefined
      : await compareCalibration(calibration, pair, continuation);
  const judged =
    by === undefined ? undefined : await judgeOwnSteps({ ...pair, ...continued, ...questions, by });
  return { compared, judged };
}

function readDoctorArguments(args: string[]) {
  const { values } = parseOptions({
    args,
    options: {
      ...MODEL_OPTIONS,
      verify: { type: "string" },
      threshold: { type: "string" },
      calibration: { type: "string" },
    },
  });
  const by = values.verify === undefined ? undefined : readJudge(values.verify);
  if (values.threshold !== undefined && by === undefined) {
    throw new UsageError("--threshold is for --verify: give --verify score, self or likelihood.");
  }
  return {
    ...values,
    continuation: readContinuation(values.continuation),
    topLogprobs: readTopLogprobs(values["top-logprobs"]),
    by,
    calibration:
      values.calibration === undefined ? undefined : readCalibrationFile(values.calibration),
    threshold:
      values.threshold === undefined
        ? undefined
        : readNumber("--threshold", values.threshold, { unit: "doubt", least: 0 }),
  };
}
