import type { Route } from "../core/route-policy.js";
import type { Speculation } from "./speculation.js";

/** Why a thought ended. */
export const STOP_REASONS = [
  "closed",
  "early-exit",
  "eos",
  "budget",
  "context",
  "tokens",
  "cost",
  "repetition",
  "steps",
  "deadline",
] as const;

export type StopReason = (typeof STOP_REASONS)[number];

/** What one writer wrote of a step. */
export interface PartRecord {
  readonly route: Route;
  /** Tokens of the thought that this part has. */
  readonly tokens: number;
  /** Milliseconds from the end of the part before, any wait for a server included. */
  readonly ms: number;
  /** Where it begins: UTF-16 offset in the step's text. */
  readonly from: number;
  /** `handoff`: the other model goes on; `length`: large's turn was over; else as the step's. */
  readonly end: "boundary" | "close" | "eos" | "length" | "handoff";
  /**
   * Tokens written ahead of its writer; `null` where nobody told. What a server tells at a request's end alone is the
   * part's in which the request ended.
   */
  readonly speculation: Speculation | null;
}

/** One decision of a step. */
export interface DecisionRecord {
  /** Name of the point. */
  readonly point: string;
  /** In the point's unit; `null` where nothing was looked at: large by repetition. */
  readonly value: number | null;
  /** The token at which the decision fell. */
  readonly token: string | null;
  /** Where that token stands: UTF-16 offset in what small had written of the step. */
  readonly at: number;
  readonly route: Route;
}

/** One step of the thought, as it is recorded in every reply's metadata. */
export interface StepRecord {
  /** The first step is 1. */
  readonly step: number;
  /** Large where it wrote any part. */
  readonly route: Route;
  /** H_init in nats; `null` where the step's first token was not looked at. */
  readonly entropy: number | null;
  /** The step's first token as small would write it; `null` likewise. */
  readonly token: string | null;
  /** Tokens of the thought that this step has. */
  readonly tokens: number;
  /** Milliseconds from the end of the step before, the glimpse and any wait for a server included. */
  readonly ms: number;
  readonly end: "boundary" | "close" | "eos" | "length";
  /** Who wrote what of it, in order; at least one. */
  readonly parts: readonly PartRecord[];
  /** The hand-offs, and the decision with the highest value where that is none of them. */
  readonly decisions: readonly DecisionRecord[];
  /** Tokens that small wrote of it and that were thrown away; the one token that a decision at its start looks at is none. */
  readonly discarded: number;
  /** Absent where the step was not judged. */
  readonly verified?: VerifiedRecord;
}

/** What a judge said of a step that small had written (option `verify`). */
export interface VerifiedRecord {
  /** `"score"`, `"self"`, or the name of the user's own function. */
  readonly by: string;
  /** Doubt, in the judge's unit; `null` where the judge failed. */
  readonly value: number | null;
  /** False: what small had written was thrown away, and large wrote the step. */
  readonly accepted: boolean;
  readonly ms: number;
  /**
   * Tokens that were read ahead of the verdict (`verify.async`): where it is a rejection they were thrown away, beside the
   * step's own (`discarded`). Absent where nothing is read ahead.
   */
  readonly aheadTokens?: number;
  /** Why the judge failed; absent where it did not. */
  readonly failed?: string;
}

/** How sure small was of the answer behind a step (`closeWhen: answerEntropy(...)`). */
export interface WatchRecord {
  /** The thought was closed, for one token, behind this step. */
  readonly step: number;
  /** Of the answer's first token, in nats; `null` where it could not be had. */
  readonly entropy: number | null;
  /** Moving variance of the entropies up to this one, in nats squared; `null` likewise. */
  readonly variance: number | null;
  readonly ms: number;
  /** Why there is no entropy; absent where there is one. */
  readonly failed?: string;
}

export interface AnswerRecord {
  readonly tokens: number;
  readonly ms: number;
  readonly end: "eos" | "length" | "stop" | "tool_calls";
  /** As a part's. */
  readonly speculation: Speculation | null;
}
