import type { BaseMessage } from "@langchain/core/messages";
import { z } from "zod";
import type { VerifyConfig } from "../../router/verification.js";
import { invalidOption } from "./invalid-option.js";

/** What a judge of your own is given. */
export interface StepToVerify {
  /** The conversation. */
  readonly prompt: readonly BaseMessage[];
  /** The thought before the step. */
  readonly thought: string;
  readonly step: string;
  /** Aborted where the reply is, and when the judgement is late. */
  readonly signal: AbortSignal;
}

/** A process reward model, a checker of calculations, ...: doubt, in the unit of its threshold. */
export type VerifyFunction = (step: StepToVerify) => number | Promise<number>;

/** Who judges the steps that small writes, and what is too much doubt. */
export interface VerifyOption {
  /**
   * `"score"`: large rates the step, 0 to 9, by one token. `"self"`: so does small, without a request to large.
   * `"likelihood"`: how unlikely large finds the step, for models on vLLM, SGLang or in this process. Or a function of
   * your own. Their value rises with doubt; that of a rating is 1 minus a ninth of its expectation, that of a likelihood
   * the mean of -log p over the step's tokens.
   */
  readonly by: "score" | "self" | "likelihood" | VerifyFunction;
  /**
   * A step above it is thrown away, and large writes it. 0 to 1 for ratings, nats a token for a likelihood; there is no
   * value that is right for every pair.
   */
  readonly threshold: number;
  /** `"doubtful"`: only steps that the policy would hand over; small finishes them first. @defaultValue "always" */
  readonly when?: "always" | "doubtful";
  /** Milliseconds that one judgement may take. @defaultValue 10000 */
  readonly timeoutMs?: number;
  /**
   * Of `"likelihood"` on vLLM, which reads prompt and thought anew for each judgement: the most tokens of both and the
   * step. Beyond it a step is not judged, as where the judge fails.
   * @defaultValue 1000
   */
  readonly maxContext?: number;
  /**
   * While a step is judged, small's stream is read on, and what comes is held back; a rejected step's goes with it. It saves
   * time where a stream that is not read stands still, as one in this process does; servers write on in any case. Not
   * with `glimpse: "probe"`. The graph reads nothing ahead, nor does a reply with `maxTotalTokens` or `maxCost`.
   * @defaultValue false
   */
  readonly async?: boolean;
  /**
   * With `async`: tokens that are read ahead of a verdict. At so many the stream stays open, unread, until it is there; the event
   * that brings the last of them may bring more.
   * @defaultValue 256
   */
  readonly maxAheadTokens?: number;
}

/** More than small writes during a judgement, as a rule: at 5 ms a token 1.3 s, at 15 ms 4 s. */
const MAX_AHEAD_TOKENS = 256;

/**
 * Here a judgement on vLLM costs three tenths of large's writing of the step (30 tokens, 0.2 ms a token read, 25 a token
 * written: docs/verification.md has the curve).
 */
const MAX_CONTEXT = 1000;

export interface VerifyOptions {
  /**
   * Steps by small are judged when they are whole, and held back until then (docs/verification.md).
   * @defaultValue false
   */
  readonly verify?: VerifyOption | false | undefined;
  /** What becomes of a step whose judge failed, or was late. @defaultValue "accept" */
  readonly onVerifyFailure?: "accept" | "large" | undefined;
}

/** Checked, and with who judges. */
export interface ResolvedVerify extends VerifyConfig {
  readonly judge: VerifyOption["by"];
  /** Only of a likelihood. */
  readonly maxContext?: number;
}

export const VERIFY_REMEDY =
  'Give { by: "score" | "self" | "likelihood" | function, threshold, when: "always" | "doubtful", timeoutMs, maxContext, async, maxAheadTokens }, or false. A threshold is 0 to 1 for ratings, nats a token (0 or more) for "likelihood", and has no default: find one on your own pair (docs/verification.md). `maxContext` is for "likelihood" alone, `maxAheadTokens` for `async: true`, and `async` for `glimpse: "fused"`.';

/** In an error's words, where a field of it is misspelt. */
export const VERIFY_FIELDS = [
  "by",
  "threshold",
  "when",
  "timeoutMs",
  "maxContext",
  "async",
  "maxAheadTokens",
];

export const verifySchema = z.union([
  z.literal(false),
  z.object({
    by: z.union([
      z.enum(["score", "self", "likelihood"]),
      z.custom<VerifyFunction>((value) => typeof value === "function"),
    ]),
    threshold: z.number(),
    when: z.enum(["always", "doubtful"]).optional(),
    timeoutMs: z
      .number()
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .optional(),
    maxContext: z.number().int().min(1).optional(),
    async: z.boolean().optional(),
    maxAheadTokens: z.number().int().min(1).optional(),
  }),
]);

/**
 * @throws GlimpRouterError `invalid_option` where the threshold is outside what the judge's value can be, a limit is none
 * of its, or there is nothing to read ahead
 */
export function resolveVerify(
  verify: z.infer<typeof verifySchema> | undefined,
  onFailure: "accept" | "large" = "accept",
  glimpse: "fused" | "probe" = "fused",
): { readonly verify?: ResolvedVerify } {
  if (verify === undefined || verify === false) return {};
  const { by, threshold, when = "always", timeoutMs = 10_000, maxContext } = verify;
  const [least, most] = rangeOf(by);
  if (threshold < least || threshold > most) {
    throw invalidOption("verify.threshold", threshold, VERIFY_REMEDY);
  }
  if (maxContext !== undefined && by !== "likelihood") {
    throw invalidOption("verify.maxContext", maxContext, VERIFY_REMEDY);
  }
  const name = typeof by === "string" ? by : by.name || "function";
  const limit = by === "likelihood" ? { maxContext: maxContext ?? MAX_CONTEXT } : {};
  const ahead = aheadOf(verify, glimpse);
  return {
    verify: { by: name, judge: by, threshold, when, onFailure, timeoutMs, ...limit, ...ahead },
  };
}

function aheadOf(
  {
    async = false,
    maxAheadTokens,
  }: {
    readonly async?: boolean | undefined;
    readonly maxAheadTokens?: number | undefined;
  },
  glimpse: "fused" | "probe",
): { readonly maxAheadTokens?: number } {
  if (async && glimpse === "fused") return { maxAheadTokens: maxAheadTokens ?? MAX_AHEAD_TOKENS };
  if (async) throw invalidOption("verify.async", async, VERIFY_REMEDY);
  if (maxAheadTokens === undefined) return {};
  throw invalidOption("verify.maxAheadTokens", maxAheadTokens, VERIFY_REMEDY);
}

/** What a judge's value can be. */
function rangeOf(by: VerifyOption["by"]): readonly [number, number] {
  if (typeof by === "function") return [-Infinity, Infinity];
  return [0, by === "likelihood" ? Infinity : 1];
}
