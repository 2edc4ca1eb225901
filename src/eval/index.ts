/**
 * Does routing help on YOUR two models? Runs problems through several ways of answering, judges the replies, and says with
 * intervals and against the right nulls what came of it. For Node: it reads and writes files.
 *
 * @module
 */

export type { Calibration } from "../langchain/calibration/calibration.js";
export { report } from "../report/report.js";
export type { ReportedRun, ReportOptions } from "../report/reported-run.js";
export { calibrate } from "./calibrate/calibrate.js";
export type {
  CalibrateOptions,
  CalibrationPlan,
  CalibrationProgress,
  LabelFunction,
  LabelName,
} from "./calibrate/calibrate-options.js";
export { boxed } from "./checkers/boxed.js";
export type { CheckedReply, Checker, CheckResult } from "./checkers/checker.js";
export { choice } from "./checkers/choice.js";
export { exact } from "./checkers/exact.js";
export { json } from "./checkers/json.js";
export { number } from "./checkers/number.js";
export type { CheckerName } from "./checkers/run-checker.js";
export { type GlimpRouterEvaluatorOptions, glimpRouterEvaluators } from "./langsmith/evaluators.js";
export {
  type ArmExperiment,
  type ToLangSmithOptions,
  toLangSmith,
} from "./langsmith/to-langsmith.js";
export { DataError } from "./problems/data-error.js";
export type { Problem, ProblemMessage } from "./problems/problem.js";
export { type ReadProblemsOptions, readProblems } from "./problems/read-problems.js";
export type { ProblemColumns } from "./problems/to-problem.js";
export type { EvalRecord, EvalStep, EvalUsage } from "./records/eval-record.js";
export { readRecords } from "./records/read-records.js";
export type { Prices, RunFile } from "./records/run-file.js";
export { readRunFile } from "./records/run-folder.js";
export { evaluate } from "./run/evaluate.js";
export type { EvalProgress, EvaluateOptions } from "./run/evaluate-options.js";
export { type ReadRun, readRun } from "./run/read-run.js";
export { summarise } from "./summary/summarise.js";
export type {
  ArmSummary,
  Comparison,
  Estimate,
  LatencyRatio,
  Reached,
  RecoveredGap,
  Summary,
  Verdict,
  VerdictSays,
} from "./summary/summary.js";
