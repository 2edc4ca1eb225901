import type { ThinkingTags } from "../core/thinking-tags.js";
import type { Role } from "../router/step-writer.js";

/** What is looked at, in the order in which it is. */
export type CheckId =
  | "reachable"
  | "continuation"
  | "version"
  | "model-name"
  | "prompt"
  | "unfinished-thought"
  | "closed-thought"
  | "context-size"
  | "think-tag"
  | "reasoning-parser"
  | "log-probs"
  | "candidates"
  | "speculation"
  | "raw-log-probs"
  | "equal-texts"
  | "continues"
  | "stop"
  | "arrival"
  | "abort"
  | "usage"
  | "priority"
  | "prefix-cache";

/** What is looked at of both models together. */
export type PairCheckId = "two-models" | "speed" | "memory";

/** `failed`: the pair cannot route; `warning`: it can, and something is worth knowing. */
export type CheckStatus = "ok" | "warning" | "failed" | "skipped";

/** What a check found. */
export interface Finding {
  readonly status: CheckStatus;
  /** What was seen, in words; for `skipped`, why nothing was. */
  readonly seen: string;
  /** What to do about it; `null` where nothing is to be done. */
  readonly remedy: string | null;
}

export interface CheckReport extends Finding {
  readonly id: CheckId;
  /** The check's name in a table. */
  readonly title: string;
  /** The failed check without which this one could not be made; `null` where it was made, or had no object. */
  readonly blockedBy: CheckId | null;
}

export interface PairCheckReport extends Finding {
  readonly id: PairCheckId;
  readonly title: string;
}

/** Which model is looked at. */
export interface ModelHead {
  readonly role: Role;
  /** The model's name, `null` where it has none. */
  readonly name: string | null;
  /** The server's address without credentials and query, `null` for a model without a server. */
  readonly address: string | null;
}

export interface ModelReport extends ModelHead {
  /** The continuation that was found or given, `null` where none is known. */
  readonly continuation: string | null;
  readonly checks: readonly CheckReport[];
}

/** What to give the constructor of `GlimpRouterChatModel` beside the two models. */
export interface RoutableOptions {
  /** By name; `null` stands for an object that was given, and must be given again. */
  readonly continuation: Readonly<Record<Role, string | null>>;
  /** Only where k is so small that the default threshold would be above its ceiling ln k. */
  readonly threshold?: number;
  readonly topLogprobs: number;
  /** Only where log-probabilities come in whole replies alone. */
  readonly glimpse?: "probe";
  /** Tokens, as far as they are known. */
  readonly contextSize: Readonly<Partial<Record<Role, number>>>;
  readonly thinking: ThinkingTags | false;
}

/** Plain JSON, without secrets. */
export interface DoctorReport {
  /** No check failed. */
  readonly canRoute: boolean;
  readonly small: ModelReport;
  readonly large: ModelReport;
  /** Whether the two together can help; they route all the same. Empty where one of them fails. */
  readonly pair: readonly PairCheckReport[];
  /** `null` where the pair cannot route. */
  readonly options: RoutableOptions | null;
  /** The same as source code to paste, `null` where the pair cannot route. */
  readonly snippet: string | null;
}
