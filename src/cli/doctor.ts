import { diagnose } from "../doctor/diagnose.js";
import { judgeOwnSteps } from "../doctor/judge-own-steps.js";
import { DEMO_PROBLEMS } from "./demo-problems.js";
import type { DemoProblem } from "./demo-table.js";
import { WORD_PROBLEMS } from "./demo-word-problems.js";
import { embeddedPairName, loadPair } from "./load-pair.js";
import { ownStepsTable, paintOwnSteps } from "./own-steps.js";
import { DoctorPainter } from "./paint-report.js";
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
  const { json, continuation, topLogprobs, by, threshold } = asked;
  const pair = await loadPair(asked);
  const continued = continuation === undefined ? {} : { continuation };
  try {
    const painter = new DoctorPainter(columns());
    const report = await diagnose({
      small: pair.small,
      large: pair.large,
      ...continued,
      ...(topLogprobs === undefined ? {} : { topLogprobs }),
      // Each check is shown when it is made: a slow server's take half a minute each.
      ...(json ? {} : { onCheck: painter.check }),
    });
    if (!json) painter.end(report);
    const isJudged = by !== undefined && report.canRoute;
    // An embedded pair knows its own kind of question alone.
    const questions =
      asked.small === undefined ? { questions: QUESTIONS[embeddedPairName(asked.pair)] } : {};
    const judged = isJudged
      ? await judgeOwnSteps({ ...pair, ...continued, ...questions, by })
      : undefined;
    if (json) {
      const rejected = judged && { ...judged, rejected: ownStepsTable(judged, threshold) };
      writeJson({ ...report, ...(rejected && { verify: rejected }) });
    } else if (judged !== undefined) paintOwnSteps(judged, threshold);
    if (!report.canRoute) process.exitCode = 1;
  } finally {
    await pair.dispose();
  }
}

function readDoctorArguments(args: string[]) {
  const { values } = parseOptions({
    args,
    options: { ...MODEL_OPTIONS, verify: { type: "string" }, threshold: { type: "string" } },
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
    threshold:
      values.threshold === undefined
        ? undefined
        : readNumber("--threshold", values.threshold, { unit: "doubt", least: 0 }),
  };
}
