/**
 * GlimpRouter for LangChain.js: two chat models share one chain of thought.
 *
 * @module
 */

export {
  type AnswerEntropy,
  type AnswerEntropyOptions,
  answerEntropy,
} from "./core/early-exit/answer-entropy.js";
export { type CloseMargin, closeMargin } from "./core/early-exit/close-margin.js";
export { entropy, entropyCeiling, margin, normalizedEntropy } from "./core/entropy.js";
export { anyOf, type PointPart } from "./core/points/any-of.js";
export { type BlendOptions, blend } from "./core/points/blend.js";
export { digits } from "./core/points/digits.js";
export { everyToken } from "./core/points/every-token.js";
export { firstTokens } from "./core/points/first-tokens.js";
export type {
  Ask,
  GlimpsePoint,
  PointRead,
  PolicyOfPart,
  SeenToken,
} from "./core/points/glimpse-point.js";
export { openers } from "./core/points/openers.js";
export { pointFromName } from "./core/points/point-from-name.js";
export { skipMarkup } from "./core/points/skip-markup.js";
export { type SpanOptions, span } from "./core/points/span.js";
export { stepEnd } from "./core/points/step-end.js";
export { type StepStartOptions, stepStart } from "./core/points/step-start.js";
export { quantile, rise, type StepStatistic } from "./core/points/step-statistic.js";
export type { TurnOptions } from "./core/points/turn.js";
export { type WindowOptions, window } from "./core/points/window.js";
export { above } from "./core/policies/above.js";
export { always } from "./core/policies/always.js";
export { and } from "./core/policies/and.js";
export { atSteps } from "./core/policies/at-steps.js";
export { below } from "./core/policies/below.js";
export { entropyAbove } from "./core/policies/entropy-above.js";
export { firstSteps } from "./core/policies/first-steps.js";
export { maxHandoffs } from "./core/policies/max-handoffs.js";
export { normalizedEntropyAbove } from "./core/policies/normalized-entropy-above.js";
export { not } from "./core/policies/not.js";
export { once } from "./core/policies/once.js";
export { or } from "./core/policies/or.js";
export { random } from "./core/policies/random.js";
export { targetRate } from "./core/policies/target-rate.js";
export type { ModelPrice, Prices } from "./core/reply-cost.js";
export type {
  Glimpse,
  Route,
  RouteContext,
  RouteDecision,
  RoutePolicy,
} from "./core/route-policy.js";
export {
  type TokenDistribution,
  type TokenLogprob,
  type TokenLogprobs,
  tokenDistribution,
} from "./core/token-distribution.js";
export { type DoctorOptions, diagnose } from "./doctor/diagnose.js";
export type {
  CheckId,
  CheckReport,
  CheckStatus,
  DoctorReport,
  ModelReport,
  RoutableOptions,
} from "./doctor/report.js";
export {
  GlimpRouterError,
  type GlimpRouterErrorFields,
  type GlimpRouterErrorReason,
} from "./errors.js";
export type { Calibration } from "./langchain/calibration/calibration.js";
export type { Drift } from "./langchain/calibration/drift.js";
export {
  GlimpRouterChatModel,
  type GlimpRouterFields,
  type GlimpRouterMessage,
} from "./langchain/chat-model.js";
export type { AffinityOption } from "./langchain/options/affinity.js";
export type { GlimpRouterCallOptions } from "./langchain/options/call-options.js";
export type { GlimpRouterOptions } from "./langchain/options/chat-model-options.js";
export type {
  StepToVerify,
  VerifyFunction,
  VerifyOption,
} from "./langchain/options/verify-options.js";
export type { WarmOption } from "./langchain/options/warm-options.js";
export { routingOf } from "./langchain/output/routing-of.js";
export type { ResumableBy, ResumeState } from "./langchain/resume/resume-state.js";
export type { AnswerFields, ThoughtPrompt } from "./prompt/thought-prompt.js";
export type { CutReason, RetryRecord } from "./router/cut.js";
export type { DegradedRecord } from "./router/degraded.js";
export type { OutageReason } from "./router/outage.js";
export type { RoutingRecord } from "./router/route-trace.js";
export type { Speculation } from "./router/speculation.js";
export type {
  AsideUsage,
  RequestCounts,
  RoleUsage,
  UsageCounts,
  WarmCounts,
} from "./router/spent.js";
export type {
  AnswerRecord,
  DecisionRecord,
  PartRecord,
  StepRecord,
  StopReason,
  VerifiedRecord,
  WatchRecord,
} from "./router/step-record.js";
export {
  type Affinity,
  type Answered,
  type AnswerOptions,
  type CandidatesWanted,
  type Json,
  type Opening,
  type Role,
  type ScoredText,
  STEP_WRITER,
  type StepWriter,
  type TokenUsage,
  type WriteOptions,
  type Written,
} from "./router/step-writer.js";
export type { ToolCallPart } from "./writers/chat-answer/tool-call-part.js";
export { onServerState, type ServerState, serverState } from "./writers/connection/server-state.js";
export type { Continuation } from "./writers/step-writer-for.js";
export type { TemplateContinuation } from "./writers/template/template.js";
