/**
 * GlimpRouter for LangChain.js: two chat models share one chain of thought.
 *
 * @module
 */
export { entropy, entropyCeiling, margin, normalizedEntropy } from "./core/entropy.js";
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
export {
  GlimpRouterChatModel,
  type GlimpRouterFields,
  type GlimpRouterMessage,
} from "./langchain/chat-model.js";
export type { AffinityOption } from "./langchain/options/affinity.js";
export type { GlimpRouterCallOptions } from "./langchain/options/call-options.js";
export type { GlimpRouterOptions } from "./langchain/options/chat-model-options.js";
export { routingOf } from "./langchain/output/routing-of.js";
export type { AnswerFields, ThoughtPrompt } from "./prompt/thought-prompt.js";
export type { RoutingRecord } from "./router/route-trace.js";
export {
  type Affinity,
  type Answered,
  type AnswerOptions,
  type Json,
  type Opening,
  type Role,
  STEP_WRITER,
  type StepWriter,
  type TokenUsage,
  type WriteOptions,
  type Written,
} from "./router/step-writer.js";
export type { AnswerRecord, RoleUsage, StepRecord, StopReason } from "./router/thought-state.js";
export type { ToolCallPart } from "./writers/chat-answer/tool-call-part.js";
export type { Continuation } from "./writers/step-writer-for.js";
export type { TemplateContinuation } from "./writers/template/template.js";
