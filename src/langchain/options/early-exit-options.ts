import type { CloseMargin } from "../../core/early-exit/close-margin.js";
import { invalidOption } from "./invalid-option.js";

/** When a thought is closed because it is done, before a model closes it. */
export interface EarlyExitOptions {
  /**
   * `closeMargin(1)`: the thought is closed at a boundary where the closing tag is nearly as likely as what small would
   * write (docs/early-exit.md). The answer is written as ever; `stopReason` is `"early-exit"`.
   * @defaultValue false
   */
  readonly closeWhen?: CloseMargin | false | undefined;
  /** Tokens of the thought before which `closeWhen` does not close. @defaultValue 0 */
  readonly minThoughtTokens?: number | undefined;
}

export const CLOSE_WHEN_REMEDY = "Give closeMargin(1), or false.";

export function isCloseWhen(value: unknown): value is CloseMargin | false {
  if (value === false) return true;
  const { rule, below } = (value ?? {}) as Partial<CloseMargin>;
  return rule === "closeMargin" && Number.isFinite(below) && (below as number) > 0;
}

/**
 * @throws GlimpRouterError `invalid_option` where there is no closing tag to close a thought with
 */
export function resolveEarlyExit(
  { closeWhen = false, minThoughtTokens = 0 }: EarlyExitOptions,
  thinking: unknown,
): { readonly closeWhen?: CloseMargin; readonly minThoughtTokens: number } {
  if (closeWhen === false) return { minThoughtTokens };
  if (thinking !== false) return { closeWhen, minThoughtTokens };
  throw invalidOption(
    "closeWhen",
    closeWhen,
    "With `thinking: false` the steps are the reply: there is no thought that a tag closes. Leave `closeWhen` out, or give `thinking` with the model's tags.",
  );
}
