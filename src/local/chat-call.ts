import type { BaseChatModelCallOptions } from "@langchain/core/language_models/chat_models";
import { GlimpRouterError } from "../errors.js";
import type { LocalSamplingOptions } from "./local-model-options.js";
import { check, isCount, type SamplingDefaults, samplingFor } from "./sampling-options.js";
import type { TextOptions } from "./write-text.js";

/** Options of one call; what is not given is as the model was loaded. */
export interface LocalChatModelCallOptions
  extends Omit<BaseChatModelCallOptions, "stop">,
    LocalSamplingOptions {
  stop?: string[];
}

/** The model's settings that a call may replace. */
export interface CallDefaults {
  readonly sampling: SamplingDefaults;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly logprobs: boolean;
  readonly topLogprobs: number;
}

/** A call, settled. */
export interface ChatCall {
  readonly text: TextOptions;
  readonly logprobs: boolean;
  readonly topLogprobs: number;
}

/**
 * @throws GlimpRouterError `invalid_option` with the option's name and value
 */
export function callDefaults(
  options: LocalSamplingOptions,
  sampling: SamplingDefaults,
): CallDefaults {
  const defaults: CallDefaults = {
    sampling,
    maxTokens: options.maxTokens ?? null,
    stop: options.stop ?? [],
    logprobs: options.logprobs ?? false,
    topLogprobs: options.topLogprobs ?? 0,
  };
  settleCall(defaults, {});
  return defaults;
}

/**
 * The defaults with what a call says instead.
 *
 * @throws GlimpRouterError `invalid_option` with the option's name and value
 */
export function settleCall(defaults: CallDefaults, options: LocalSamplingOptions): ChatCall {
  const maxTokens = options.maxTokens ?? defaults.maxTokens ?? Number.MAX_SAFE_INTEGER;
  const stop = options.stop ?? defaults.stop;
  const logprobs = options.logprobs ?? defaults.logprobs;
  const topLogprobs = options.topLogprobs ?? defaults.topLogprobs;
  check("maxTokens", maxTokens, "1 or more", (value) => isCount(value) && value > 0);
  check("topLogprobs", topLogprobs, "a whole number, 0 or more", isCount);
  if (stop.includes("")) {
    throw new GlimpRouterError('Expected `stop` strings that are not empty, got "".', {
      reason: "invalid_option",
    });
  }
  return {
    logprobs,
    topLogprobs,
    text: {
      maxTokens,
      stop,
      sampling: samplingFor(defaults.sampling, options),
      // The engine has a token's own log-probability only where it sorts the candidates.
      topLogprobs: logprobs ? Math.max(1, topLogprobs) : 0,
      watch: null,
    },
  };
}
