import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { RouteConfig } from "../../router/route-config.js";
import { type ContinuationOfEach, continuationOf } from "../../writers/continuation-of-each.js";
import type { Continuation } from "../../writers/step-writer-for.js";
import type { Calibration } from "../calibration/calibration.js";
import type { AffinityOption } from "./affinity.js";
import {
  type Calibrated,
  type CalibrationOptions,
  resolveCalibration,
} from "./calibration-option.js";
import { type EarlyExitOptions, resolveEarlyExit } from "./early-exit-options.js";
import { type FailureOptions, resolveFailure } from "./failure-options.js";
import { invalidOption } from "./invalid-option.js";
import { type OptionsOwner, ownerLikeChatModel, requireKnownOptions } from "./known-options.js";
import { optionsSchema, REMEDIES } from "./options-schema.js";
import { requireChatModel } from "./require-chat-model.js";
import { type RoutingOptions, resolveRouting } from "./routing-options.js";
import { resolveSpending, type SpendingOptions } from "./spending-options.js";
import { type ResolvedTime, resolveTime, type TimeOptions } from "./time-options.js";
import { type ResolvedVerify, resolveVerify, type VerifyOptions } from "./verify-options.js";
import { type ResolvedWarm, resolveWarm, type WarmOptions } from "./warm-options.js";

/** Options of `GlimpRouterChatModel`. Tokens are tokens of the model that writes them. */
export interface GlimpRouterOptions
  extends Omit<RoutingOptions, "threshold">,
    CalibrationOptions,
    EarlyExitOptions,
    FailureOptions,
    SpendingOptions,
    TimeOptions,
    VerifyOptions,
    WarmOptions {
  /**
   * tau, a number: in nats, from 0 to ln `topLogprobs` (2.996 for 20), a step whose H_init is above it goes to large; with
   * `glimpseAt` in the point's unit and range. Or a calibration: the content of a file that `glimprouter calibrate` has
   * written for these two models (docs/calibrate.md). It brings point, policy and verification, too.
   * @defaultValue 1.0; none for a point whose value is not in nats, or cannot be 1
   */
  readonly threshold?: number | Calibration | undefined;
  /** The model that writes the easy steps, and whose first token is glimpsed. Must give log-probabilities. */
  readonly small: BaseChatModel;
  /** The model that writes the hard steps. */
  readonly large: BaseChatModel;
  /** The most tokens that are held back until a point has decided; past them it passes. @defaultValue 512 */
  readonly maxHoldTokens?: number;
  /**
   * `"fused"`: the glimpse is the first token of a stream that goes on. `"probe"`: a request of its own, as
   * published; for servers that give no log-probabilities while streaming.
   * @defaultValue "fused"
   */
  readonly glimpse?: "fused" | "probe";
  /**
   * How each model goes on with an unfinished thought; one for both, or one for each.
   * @defaultValue "auto"
   */
  readonly continuation?: Continuation | ContinuationOfEach;
  /** What separates two steps. @defaultValue "\n\n" */
  readonly delimiter?: string;
  /**
   * The tags around the thought; `false`: the steps are the reply, without a thought and an answer behind it.
   * With `false`, a call's `stop` has no effect on these steps; an answer with tools or a response format does follow it.
   * @defaultValue { open: "<think>", close: "</think>" }
   */
  readonly thinking?: { readonly open: string; readonly close: string } | false;
  /** Who writes the answer behind the thought. @defaultValue "large" */
  readonly answerBy?: "small" | "large";
  /** Candidates of a glimpse, k: 2 or more; most servers allow 20. @defaultValue 20 */
  readonly topLogprobs?: number;
  /** The most tokens of one turn of large. @defaultValue 512 */
  readonly maxStepTokens?: number;
  /** The most tokens of the thought. @defaultValue 8192 */
  readonly maxThoughtTokens?: number;
  /** The most tokens of the answer; of the whole reply with `thinking: false`. @defaultValue 2048 */
  readonly maxAnswerTokens?: number;
  /** The most steps of the thought. @defaultValue 1000 */
  readonly maxSteps?: number;
  /** Tokens of each model's context, where its server does not tell. */
  readonly contextSize?: { readonly small?: number; readonly large?: number };
  /**
   * For replicas behind a balancer: a header that all requests of a conversation carry, to both models, so that
   * each finds the replica that has its thought cached. Absent: no header.
   */
  readonly affinity?: AffinityOption;
  /**
   * For models on vLLM that was started with `--scheduling-policy priority`: the `priority` of requests that go on
   * with a thought, a whole number below 0 (new work has 0, and the lower goes first). Without that policy vLLM
   * 0.32 takes the number and does nothing with it. Absent: no priority is sent.
   */
  readonly continuationPriority?: { readonly small?: number; readonly large?: number };
}

const DEFAULT_OPTIONS = {
  glimpse: "fused",
  continuation: "auto",
  delimiter: "\n\n",
  thinking: { open: "<think>", close: "</think>" },
  answerBy: "large",
  topLogprobs: 20,
  maxStepTokens: 512,
  maxThoughtTokens: 8192,
  maxAnswerTokens: 2048,
  maxSteps: 1000,
  maxHoldTokens: 512,
} as const satisfies GlimpRouterDefaults;

type GlimpRouterDefaults = Omit<
  GlimpRouterOptions,
  | "small"
  | "large"
  | keyof RoutingOptions
  | keyof CalibrationOptions
  | keyof EarlyExitOptions
  | keyof FailureOptions
  | keyof SpendingOptions
  | keyof TimeOptions
  | keyof VerifyOptions
  | keyof WarmOptions
  | "contextSize"
  | "affinity"
  | "continuationPriority"
>;

/** Options after validation, each with its value. */
export type ResolvedOptions = Omit<
  RouteConfig,
  "answerStop" | "answerIn" | "verify" | "onFailure" | "warm" | keyof TimeOptions
> &
  ReturnType<typeof resolveFailure> &
  ResolvedTime & {
    readonly verify?: ResolvedVerify;
    readonly warm?: ResolvedWarm;
    readonly threshold: number | null;
    /** `null` where the threshold is a number, or a policy decides. */
    readonly calibrated: Calibrated | null;
    readonly continuation: { readonly small: Continuation; readonly large: Continuation };
    readonly contextSize: {
      readonly small?: number | undefined;
      readonly large?: number | undefined;
    };
    readonly affinity: AffinityOption | null;
    readonly continuationPriority: {
      readonly small?: number | undefined;
      readonly large?: number | undefined;
    };
  };

/**
 * Checks options and fills in the defaults.
 *
 * @param owner - who is given them, in an error's words
 * @throws GlimpRouterError `invalid_option` naming field, value and remedy
 */
export function resolveOptions(
  given: Partial<GlimpRouterOptions>,
  owner: OptionsOwner = ownerLikeChatModel("GlimpRouterChatModel"),
): ResolvedOptions {
  requireKnownOptions(given, owner);
  requireChatModel("small", given.small);
  requireChatModel("large", given.large);
  const known = Object.fromEntries(
    Object.keys(optionsSchema.shape)
      .map((key) => [key, given[key as keyof GlimpRouterOptions]] as const)
      .filter(([, value]) => value !== undefined),
  );
  const parsed = optionsSchema.safeParse({ ...DEFAULT_OPTIONS, ...known });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path ?? [];
    const field = path[0] as keyof typeof REMEDIES;
    throw invalidOption(path.join("."), valueAt(known, path), REMEDIES[field]);
  }
  const {
    policy,
    threshold,
    glimpseAt,
    verifyCalibration,
    continuation,
    contextSize,
    affinity,
    continuationPriority,
    closeWhen,
    minThoughtTokens,
    verify,
    onVerifyFailure,
    onFailure,
    prices,
    maxTotalTokens,
    maxCost,
    firstTokenTimeoutMs,
    stallTimeoutMs,
    deadlineMs,
    onDeadline,
    warm,
    ...rest
  } = parsed.data;
  return {
    ...rest,
    ...(typeof threshold === "object"
      ? resolveCalibration(
          { threshold, policy, glimpseAt, verify, onVerifyFailure, verifyCalibration },
          rest,
        )
      : {
          ...resolveRouting({ policy, threshold, glimpseAt }, rest),
          ...resolveVerify(verify, onVerifyFailure, rest.glimpse),
          calibrated: null,
        }),
    ...resolveEarlyExit({ closeWhen, minThoughtTokens }, rest.thinking),
    ...resolveFailure(onFailure as FailureOptions["onFailure"]),
    ...resolveSpending({ prices, maxTotalTokens, maxCost }),
    ...resolveTime({ firstTokenTimeoutMs, stallTimeoutMs, deadlineMs, onDeadline }, rest.thinking),
    ...resolveWarm(warm, { maxTotalTokens, maxCost }),
    continuation: {
      small: continuationOf(continuation, "small"),
      large: continuationOf(continuation, "large"),
    },
    contextSize: contextSize ?? {},
    affinity: (affinity as AffinityOption | undefined) ?? null,
    continuationPriority: continuationPriority ?? {},
  };
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    options,
  );
}
