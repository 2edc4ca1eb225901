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
   * `"score"`: large rates the step, 0 to 9, by one token. `"self"`: so does small, without a request to large. Or a
   * function of your own. Their value rises with doubt; that of a rating is 1 minus a ninth of its expectation.
   */
  readonly by: "score" | "self" | VerifyFunction;
  /** A step above it is thrown away, and large writes it. 0 to 1 for ratings; there is no value that is right for every pair. */
  readonly threshold: number;
  /** `"doubtful"`: only steps that the policy would hand over; small finishes them first. @defaultValue "always" */
  readonly when?: "always" | "doubtful";
  /** Milliseconds that one judgement may take. @defaultValue 10000 */
  readonly timeoutMs?: number;
}

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
}

export const VERIFY_REMEDY =
  'Give { by: "score" | "self" | function, threshold, when: "always" | "doubtful", timeoutMs }, or false. A threshold for ratings is 0 to 1, and has no default: find one on your own pair (docs/verification.md).';

/** In an error's words, where a field of it is misspelt. */
export const VERIFY_FIELDS = ["by", "threshold", "when", "timeoutMs"];

export const verifySchema = z.union([
  z.literal(false),
  z.object({
    by: z.union([
      z.enum(["score", "self"]),
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
  }),
]);

/**
 * @throws GlimpRouterError `invalid_option` where a rating's threshold is outside 0 to 1
 */
export function resolveVerify(
  verify: z.infer<typeof verifySchema> | undefined,
  onFailure: "accept" | "large" = "accept",
): { readonly verify?: ResolvedVerify } {
  if (verify === undefined || verify === false) return {};
  const { by, threshold, when = "always", timeoutMs = 10_000 } = verify;
  const isRating = typeof by === "string";
  if (isRating && (threshold < 0 || threshold > 1)) {
    throw invalidOption("verify.threshold", threshold, VERIFY_REMEDY);
  }
  const name = isRating ? by : by.name || "function";
  return { verify: { by: name, judge: by, threshold, when, onFailure, timeoutMs } };
}
