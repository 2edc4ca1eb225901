import { z } from "zod";
import type { GlimpsePoint } from "../../core/points/glimpse-point.js";
import { isPoint } from "../../core/points/point-arguments.js";
import type { RoutePolicy } from "../../core/route-policy.js";
import type { Continuation } from "../../writers/step-writer-for.js";
import { type AffinityOption, isFreeHeader } from "./affinity.js";
import { isCalibrationGiven } from "./calibration-option.js";
import { CLOSE_WHEN_REMEDY, type CloseRule, isCloseWhen } from "./early-exit-options.js";
import { FAILURE_REMEDY, failureSchema } from "./failure-options.js";
import { POINT_REMEDY, THRESHOLD_REMEDY } from "./routing-options.js";
import {
  MAX_COST_REMEDY,
  MAX_TOTAL_REMEDY,
  PRICES_REMEDY,
  pricesSchema,
} from "./spending-options.js";
import { MOST_MS, MS_REMEDY } from "./time-options.js";
import { VERIFY_REMEDY, verifySchema } from "./verify-options.js";
import { WARM_REMEDY, warmSchema } from "./warm-options.js";

const tokens = (least = 1) => z.number().int().min(least).max(Number.MAX_SAFE_INTEGER);
const milliseconds = z.number().int().min(1).max(MOST_MS).optional();
const text = z.string().min(1);
const earlier = z.number().int().min(Number.MIN_SAFE_INTEGER).max(-1).optional();
const continuation = z.custom<Continuation>(
  (value) => typeof value === "string" || (typeof value === "object" && value !== null),
);

/** What each option may be; `small` and `large` apart. */
export const optionsSchema = z.object({
  threshold: z.union([z.number(), z.custom<object>(isCalibrationGiven)]).optional(),
  verifyCalibration: z.union([z.enum(["names", "canaries"]), z.literal(false)]).optional(),
  policy: z.custom<RoutePolicy>((value) => typeof value === "function").optional(),
  glimpseAt: z.custom<GlimpsePoint>(isPoint).optional(),
  closeWhen: z.custom<CloseRule | false>(isCloseWhen).optional(),
  minThoughtTokens: tokens(0).optional(),
  verify: verifySchema.optional(),
  onVerifyFailure: z.enum(["accept", "large"]).optional(),
  onFailure: failureSchema.optional(),
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
  prices: pricesSchema.optional(),
  maxTotalTokens: tokens().optional(),
  maxCost: z.number().positive().optional(),
  firstTokenTimeoutMs: milliseconds,
  stallTimeoutMs: milliseconds,
  warm: warmSchema.optional(),
  deadlineMs: milliseconds,
  onDeadline: z.enum(["throw", "answer"]).optional(),
});

/** What to do about a value that was refused. */
export const REMEDIES: Readonly<Record<keyof typeof optionsSchema.shape, string>> = {
  threshold: THRESHOLD_REMEDY,
  verifyCalibration: 'Give "canaries", "names" or false.',
  policy: 'Give a function (glimpse, context) => "small" | "large", such as above(1).',
  glimpseAt: POINT_REMEDY,
  closeWhen: CLOSE_WHEN_REMEDY,
  minThoughtTokens: "Give a whole number of tokens, 0 or more.",
  verify: VERIFY_REMEDY,
  onVerifyFailure: 'Give "accept" or "large".',
  onFailure: FAILURE_REMEDY,
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
  prices: PRICES_REMEDY,
  maxTotalTokens: MAX_TOTAL_REMEDY,
  maxCost: MAX_COST_REMEDY,
  firstTokenTimeoutMs: MS_REMEDY,
  stallTimeoutMs: MS_REMEDY,
  warm: WARM_REMEDY,
  deadlineMs: MS_REMEDY,
  onDeadline: 'Give "throw" or "answer".',
};
