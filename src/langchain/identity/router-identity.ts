import type { BaseChatModel, LangSmithParams } from "@langchain/core/language_models/chat_models";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { isPoint } from "../../core/points/point-arguments.js";
import { pointFromName } from "../../core/points/point-from-name.js";
import { type Continuation, isStepWriter } from "../../writers/step-writer-for.js";
import { answerFields, type GlimpRouterCallOptions } from "../options/call-options.js";
import type { ResolvedOptions } from "../options/chat-model-options.js";
import { MODEL_PROVIDER } from "../output/content-blocks.js";
import { identifyModel } from "./identify-model.js";
import { identityOf } from "./identity-of.js";

/** The router's options in plain JSON, for traces: functions and writers by what they are called. */
export function describeOptions(options: ResolvedOptions): Record<string, unknown> {
  const { policy, continuation, threshold, point, verify, calibrated, ...others } = options;
  // Where a request lands, and when, and what was read before it, changes nothing in its reply.
  const { affinity: _where, continuationPriority: _when, warm: _before, ...rest } = others;
  return {
    model: MODEL_PROVIDER,
    ...rest,
    ...(threshold === null ? { policy: policy.name || "a function" } : { threshold }),
    ...(point === undefined ? {} : { glimpseAt: point.name }),
    ...(calibrated === null ? {} : { calibration: calibrated.calibration.id }),
    ...(verify === undefined ? {} : { verify: { ...verify, judge: verify.by } }),
    continuation: {
      small: nameOf(continuation.small),
      large: nameOf(continuation.large),
    },
  };
}

/** All that makes two routers write different replies: the cache's key. */
export function identifyRouter(
  options: ResolvedOptions,
  models: { readonly small: BaseChatModel; readonly large: BaseChatModel },
): Record<string, unknown> {
  const { policy, continuation, threshold, point, verify } = options;
  return {
    ...describeOptions(options),
    ...(point === undefined ? {} : { glimpseAt: identifyPoint(point) }),
    // Two closures of the same code may decide differently.
    ...(threshold === null ? { policy: identityOf(policy) } : {}),
    ...(typeof verify?.judge === "function" ? { judge: identityOf(verify.judge) } : {}),
    continuation: {
      small: identifyContinuation(continuation.small),
      large: identifyContinuation(continuation.large),
    },
    small: identifyModel(models.small),
    large: identifyModel(models.large),
  };
}

/** What a call adds to the cache's key: what shapes the reply, without the noise of the run. */
export function identifyCall(options: GlimpRouterCallOptions): Record<string, unknown> {
  const { stop, outputVersion, maxTokens, threshold, policy, glimpseAt } = options;
  return {
    ...answerFields(options),
    stop,
    outputVersion,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    // Of these the router has its own, which a call that is silent about them keeps.
    ...(threshold === undefined ? {} : { threshold }),
    // Checked later: what is none yet is told as it is.
    ...(policy === undefined ? {} : { policy: nameFunction(policy) }),
    ...(glimpseAt === undefined ? {} : { glimpseAt: identifyPoint(glimpseAt) }),
  };
}

/**
 * LangSmith's standard fields. The name has no price there: cost would be counted by it, and each model has
 * a price of its own.
 */
export function langSmithParams(
  options: ResolvedOptions,
  answerer: BaseChatModel,
  stop: readonly string[] | undefined,
): LangSmithParams {
  const { temperature } = answerer as { temperature?: unknown };
  const params: Record<keyof Omit<LangSmithParams, "ls_integration">, unknown> = {
    ls_provider: MODEL_PROVIDER,
    ls_model_name: MODEL_PROVIDER,
    ls_model_type: "chat",
    ls_temperature: typeof temperature === "number" ? temperature : undefined,
    ls_max_tokens: options.maxAnswerTokens,
    ls_stop: stop,
  };
  return params as LangSmithParams;
}

function nameFunction(policy: unknown): unknown {
  return typeof policy === "function" ? identityOf(policy) : policy;
}

/** A point that its name does not hold whole is like no other: one of the user's own, and policies of parts. */
function identifyPoint(point: GlimpsePoint): unknown {
  if (!isPoint(point)) return point;
  try {
    return pointFromName(point.name).name;
  } catch {
    return `${point.name} ${identityOf(point)}`;
  }
}

function nameOf(continuation: Continuation): string {
  if (typeof continuation === "string") return continuation;
  return isStepWriter(continuation) ? continuation.kind : "template";
}

function identifyContinuation(continuation: Continuation): unknown {
  return isStepWriter(continuation) ? identityOf(continuation) : continuation;
}
