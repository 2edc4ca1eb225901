/**
 * GlimpRouter for LangChain.js: two chat models share one chain of thought.
 *
 * @module
 */
export { entropy, entropyCeiling, margin, normalizedEntropy } from "./core/entropy.js";
export {
  always,
  and,
  entropyAbove,
  type Glimpse,
  not,
  or,
  type Route,
  type RouteContext,
  type RoutePolicy,
  random,
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
