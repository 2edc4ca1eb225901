import type { StepDecision } from "../../langchain/output/reply-events.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import type { Role } from "../../router/step-writer.js";

/** A piece of a tool call, as OpenAI's deltas have it. */
export interface CallPiece {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly args: string;
}

/** How a reply ended. */
export interface ReplyEnd {
  readonly type: "end";
  readonly finish: "stop" | "length" | "tool_calls";
  readonly usage: ReplyUsage;
  /** `null` for a model alone. */
  readonly routing: RoutingRecord | null;
}

/** Tokens as the client sees them. */
export interface ReplyUsage {
  readonly prompt: number;
  readonly thought: number;
  readonly answer: number;
}

/** Whose a piece of the thought is. */
export interface ThoughtPart {
  /** The first step is 1. */
  readonly step: number;
  readonly route: Role;
}

/** What a reply is made of, in order; an `end` is the last. */
export type ReplyPiece =
  | { readonly type: "thought"; readonly text: string; readonly part?: ThoughtPart }
  | { readonly type: "answer"; readonly text: string }
  | { readonly type: "call"; readonly call: CallPiece }
  | { readonly type: "decision"; readonly decision: StepDecision }
  | ReplyEnd;
