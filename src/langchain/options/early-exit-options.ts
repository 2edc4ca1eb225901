import { type AnswerEntropy, isAnswerEntropy } from "../../core/early-exit/answer-entropy.js";
import type { CloseMargin } from "../../core/early-exit/close-margin.js";
import { invalidOption } from "./invalid-option.js";

/** What tells that a thought is done. */
export type CloseRule = CloseMargin | AnswerEntropy;

/** When a thought is closed because it is done, before a model closes it. */
export interface EarlyExitOptions {
  /**
   * `closeMargin(1)`: the thought is closed at a boundary where the closing tag is nearly as likely as what small would
   * write. `answerEntropy({ delta })`: where small has been equally sure of the answer for a while; one request of one token
   * a boundary. The answer is written as ever; `stopReason` is `"early-exit"` (docs/early-exit.md).
   * @defaultValue false
   */
  readonly closeWhen?: CloseRule | false | undefined;
  /** Tokens of the thought before which `closeWhen` does not close. @defaultValue 0 */
  readonly minThoughtTokens?: number | undefined;
}

export const CLOSE_WHEN_REMEDY = "Give closeMargin(1), answerEntropy({ every, delta }), or false.";

export function isCloseWhen(value: unknown): value is CloseRule | false {
  if (value === false) return true;
  if (isAnswerEntropy(value)) return true;
  const { rule, below } = (value ?? {}) as Partial<CloseMargin>;
  return rule === "closeMargin" && Number.isFinite(below) && (below as number) > 0;
}

/**
 * @throws GlimpRouterError `invalid_option` where there is no closing tag to close a thought with
 */
export function resolveEarlyExit(
  { closeWhen = false, minThoughtTokens = 0 }: EarlyExitOptions,
  thinking: unknown,
): { readonly closeWhen?: CloseRule; readonly minThoughtTokens: number } {
  if (closeWhen === false) return { minThoughtTokens };
  if (thinking !== false) return { closeWhen, minThoughtTokens };
  throw invalidOption(
    "closeWhen",
    closeWhen,
    "With `thinking: false` the steps are the reply: there is no thought that a tag closes. Leave `closeWhen` out, or give `thinking` with the model's tags.",
  );
}
