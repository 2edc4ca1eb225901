import type { AnswerEntropy } from "../core/early-exit/answer-entropy.js";
import type { CloseMargin } from "../core/early-exit/close-margin.js";
import type { GlimpsePoint } from "../core/points/glimpse-point.js";
import type { Prices } from "../core/reply-cost.js";
import type { RoutePolicy } from "../core/route-policy.js";
import type { ThinkingTags } from "../core/thinking-tags.js";
import type { ThoughtLimits } from "../core/thought-budget.js";
import type { Role } from "./step-writer.js";
import type { VerifyConfig } from "./verification.js";

/** Whose prefix caches are kept up with the thought while the other model writes. */
export interface WarmConfig {
  readonly roles: readonly Role[];
  /** Tokens of the thought that must be new to a model's server before it is sent them. */
  readonly minTokens: number;
}

/** How a thought is routed. The functions and limits of a run; never part of its state. */
export interface RouteConfig extends ThoughtLimits {
  readonly policy: RoutePolicy;
  /**
   * `fused`: one small stream covers a run of easy steps, and the first token behind each boundary is the
   * next glimpse. `probe`: one token is asked for, thrown away, and the step asked for again, as published.
   */
  readonly glimpse: "fused" | "probe";
  /** Where decisions fall; absent: at a step's first token, by its entropy. Not with `probe`. */
  readonly point?: GlimpsePoint;
  /** The most tokens that are held back for a decision; past them the point passes. */
  readonly maxHoldTokens: number;
  /** Closes the thought at a boundary where it is done; absent: the model does. Not without `thinking`. */
  readonly closeWhen?: CloseMargin | AnswerEntropy;
  /** Tokens before which `closeWhen` does not close. @defaultValue 0 */
  readonly minThoughtTokens?: number;
  /** Steps by small are judged; absent: they are taken as they are. */
  readonly verify?: VerifyConfig;
  /** Servers are kept up with the thought while the other model writes; absent: they read it when they are asked. */
  readonly warm?: WarmConfig;
  readonly delimiter: string;
  /** `false`: the steps are the reply, there is no answer behind them. */
  readonly thinking: ThinkingTags | false;
  readonly answerBy: Role;
  /** Candidates of a glimpse, k. */
  readonly topLogprobs: number;
  /**
   * `chat`: the answer has tools or a response format, and is asked from `StepWriter.answer`. With `thinking: false` that
   * is the whole reply: one glimpse tells who writes it.
   */
  readonly answerIn?: "text" | "chat";
  /** What tokens cost; absent: nobody asks. */
  readonly prices?: Prices;
  /** The most tokens that all requests may read and write together. */
  readonly maxTotalTokens?: number;
  /** The most that they may cost, in the unit of the prices; not without them. */
  readonly maxCost?: number;
  /** Milliseconds that a stream may take to its first token; not for a writer that is not continued as text. */
  readonly firstTokenTimeoutMs?: number;
  /** Milliseconds that may lie between two tokens of a stream. */
  readonly stallTimeoutMs?: number;
  /** What becomes of a reply whose model is out: the other one writes the rest, or it fails. @defaultValue it fails */
  readonly onFailure?: Readonly<Record<Role, "other" | "throw">>;
  /** Stop strings of the caller; they apply to the answer only. */
  readonly answerStop: readonly string[];
}
