import type { RoutingRecord } from "../../router/route-trace.js";
import type { Speculation } from "../../router/speculation.js";
import type { RequestCounts } from "../../router/spent.js";
import type { EvalStep, EvalUsage } from "../records/eval-record.js";

/** A reply as an arm wrote it, before it is judged. Times are milliseconds. */
export interface WrittenReply {
  /** Unix time. */
  readonly startedAt: number;
  readonly ms: number;
  /** Until the answer's first token; `null` where none came. */
  readonly msToAnswer: number | null;
  readonly answer: string;
  /** `null` where the steps have it. */
  readonly thought: string | null;
  readonly steps: readonly EvalStep[];
  /** `null` where the reply was not routed, or failed before it began. */
  readonly record: RoutingRecord | null;
  readonly requests: RequestCounts;
  readonly usage: {
    readonly small: EvalUsage;
    readonly large: EvalUsage;
    readonly verify?: EvalUsage;
    readonly watch?: EvalUsage;
    readonly warmSmall?: EvalUsage;
    readonly warmLarge?: EvalUsage;
  };
  /** Money, in the unit of the prices; `null` without prices. */
  readonly cost: number | null;
  /** Of all requests; `null` where nobody told. */
  readonly speculation: Speculation | null;
  readonly stopReason: string | null;
  /** A limit cut the answer off, or left no room for any. */
  readonly isTruncated: boolean;
  /** Small's mean -log p a token, in nats; `null` where it is unknown. */
  readonly surprise: number | null;
  /** What the reply failed with; `null` where it did not. */
  readonly failure: unknown;
}
