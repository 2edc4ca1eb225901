import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { z } from "zod";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { isPoint } from "../../core/points/point-arguments.js";
import type { RoutePolicy } from "../../core/route-policy.js";
import type { RouteConfig } from "../../router/route-config.js";
import { type ContinuationOfEach, continuationOf } from "../../writers/continuation-of-each.js";
import type { Continuation } from "../../writers/step-writer-for.js";
import { type AffinityOption, isFreeHeader } from "./affinity.js";
import {
  CLOSE_WHEN_REMEDY,
  type CloseRule,
  type EarlyExitOptions,
  isCloseWhen,
  resolveEarlyExit,
} from "./early-exit-options.js";
import { invalidOption } from "./invalid-option.js";
import { type OptionsOwner, ownerLikeChatModel, requireKnownOptions } from "./known-options.js";
import { requireChatModel } from "./require-chat-model.js";
import {
  POINT_REMEDY,
  type RoutingOptions,
  resolveRouting,
  THRESHOLD_REMEDY,
} from "./routing-options.js";
import {
  type ResolvedVerify,
  resolveVerify,
  VERIFY_REMEDY,
  type VerifyOptions,
  verifySchema,
} from "./verify-options.js";

/** Options of `GlimpRouterChatModel`. Tokens are tokens of the model that writes them. */
export interface GlimpRouterOptions extends RoutingOptions, EarlyExitOptions, VerifyOptions {
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
  | keyof EarlyExitOptions
  | keyof VerifyOptions
  | "contextSize"
  | "affinity"
  | "continuationPriority"
>;

/** Options after validation, each with its value. */
export type ResolvedOptions = Omit<RouteConfig, "answerStop" | "answerIn" | "verify"> & {
  readonly verify?: ResolvedVerify;
  readonly threshold: number | null;
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

const tokens = (least = 1) => z.number().int().min(least).max(Number.MAX_SAFE_INTEGER);
const text = z.string().min(1);
const earlier = z.number().int().min(Number.MIN_SAFE_INTEGER).max(-1).optional();
const continuation = z.custom<Continuation>(
  (value) => typeof value === "string" || (typeof value === "object" && value !== null),
);

const optionsSchema = z.object({
  threshold: z.number().optional(),
  policy: z.custom<RoutePolicy>((value) => typeof value === "function").optional(),
  glimpseAt: z.custom<GlimpsePoint>(isPoint).optional(),
  closeWhen: z.custom<CloseRule | false>(isCloseWhen).optional(),
  minThoughtTokens: tokens(0).optional(),
  verify: verifySchema.optional(),
  onVerifyFailure: z.enum(["accept", "large"]).optional(),
  glimpse: z.enum(["fused", "probe"]),
  continuation,
  delimiter: text,
  thinking: z.union([z.literal(false), z.object({ open: text, close: text })]),
  answerBy: z.enum(["small", "large"]),
  topLogprobs: tokens(2),
  maxStepTokens: tokens(),
  maxThoughtTokens: tokens(),
  maxAnswerTokens: tokens(),
  maxSteps: tokens(),
  maxHoldTokens: tokens(),
  contextSize: z.object({ small: tokens().optional(), large: tokens().optional() }).optional(),
  affinity: z
    .object({
      header: z.custom<string>(isFreeHeader),
      key: z
        .custom<NonNullable<AffinityOption["key"]>>((value) => typeof value === "function")
        .optional(),
    })
    .optional(),
  continuationPriority: z.object({ small: earlier, large: earlier }).optional(),
});

/** What to do about a value that was refused. */
const REMEDIES: Readonly<Record<keyof typeof optionsSchema.shape, string>> = {
  threshold: THRESHOLD_REMEDY,
  policy: 'Give a function (glimpse, context) => "small" | "large", such as above(1).',
  glimpseAt: POINT_REMEDY,
  closeWhen: CLOSE_WHEN_REMEDY,
  minThoughtTokens: "Give a whole number of tokens, 0 or more.",
  verify: VERIFY_REMEDY,
  onVerifyFailure: 'Give "accept" or "large".',
  glimpse: 'Give "fused" or "probe".',
  continuation:
    'Give a name ("auto", "local", "vllm", "vllm-chat", "sglang", "llamacpp", "ask"), { template, serverAddsBos }, a StepWriter, or { small, large } with one for each.',
  delimiter: 'Give the text that separates two steps, usually "\\n\\n".',
  thinking: "Give { open, close } with the model's own tags, or false.",
  answerBy: 'Give "small" or "large".',
  topLogprobs:
    "Give a whole number of candidates, 2 or more: the entropy of one candidate is always 0.",
  maxStepTokens: "Give a whole number of tokens, 1 or more.",
  maxThoughtTokens: "Give a whole number of tokens, 1 or more.",
  maxAnswerTokens: "Give a whole number of tokens, 1 or more.",
  maxSteps: "Give a whole number of steps, 1 or more.",
  maxHoldTokens: "Give a whole number of tokens, 1 or more.",
  contextSize: "Give { small, large } in whole tokens.",
  affinity:
    'Give { header } with the header that your balancer routes by, such as "x-session-id" (none that HTTP or the key needs, such as "authorization"), and if you like { key } with a function of the messages.',
  continuationPriority:
    "Give { small, large } in whole numbers below 0, such as -1: new work has 0, and the lower goes first.",
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
    continuation,
    contextSize,
    affinity,
    continuationPriority,
    closeWhen,
    minThoughtTokens,
    verify,
    onVerifyFailure,
    ...rest
  } = parsed.data;
  return {
    ...rest,
    ...resolveRouting({ policy, threshold, glimpseAt }, rest),
    ...resolveEarlyExit({ closeWhen, minThoughtTokens }, rest.thinking),
    ...resolveVerify(verify, onVerifyFailure),
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
