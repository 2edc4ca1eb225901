import { z } from "zod";
import type { Role } from "../../router/step-writer.js";

type OnFailure = "other" | "throw";

/** What becomes of a reply when one of its models is out. */
export interface FailureOptions {
  /**
   * When a model's retries are used up: it cannot be reached, fails (5xx), limits (429), is too slow (`firstTokenTimeoutMs`,
   * `stallTimeoutMs`), its streams are cut, or it is not asked any more for a while. `"other"`: the other one writes the rest; where
   * small is out large all further steps, where large is out small the hard ones and the answer, too. The record says so (`degraded`),
   * the trace, and a custom event `glimprouter_degraded`. `"throw"`: the reply fails, with what another call goes on from
   * (`error.resume`). Other refusals (4xx, no log-probabilities, a template's) always fail.
   *
   * About models, not judges: what becomes of a step whose judge failed is `onVerifyFailure`.
   * @defaultValue { small: "other", large: "throw" }: an answer that silently lacks the large model is worse than an error
   */
  readonly onFailure?: { readonly small?: OnFailure; readonly large?: OnFailure } | undefined;
}

export const FAILURE_REMEDY = 'Give { small, large }, each "other" or "throw".';

const onFailure = z.enum(["other", "throw"]).optional();

export const failureSchema = z.object({ small: onFailure, large: onFailure });

export function resolveFailure(given: FailureOptions["onFailure"]): {
  readonly onFailure: Readonly<Record<Role, OnFailure>>;
} {
  return { onFailure: { small: given?.small ?? "other", large: given?.large ?? "throw" } };
}
