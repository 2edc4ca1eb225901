import type { Route } from "../core/route-policy.js";
import type { TokenDistribution } from "../core/token-distribution.js";
import type { RetryRecord } from "./cut.js";
import type { DegradedRecord } from "./degraded.js";
import type {
  AnswerRecord,
  StepRecord,
  StopReason,
  VerifiedRecord,
  WatchRecord,
} from "./step-record.js";

/** What happens while a reply is written, in order. Every character of it is in one delta. */
export type RouteEvent =
  | {
      readonly type: "route-decided";
      readonly step: number;
      readonly route: Route;
      /** Name of the point. */
      readonly point: string;
      /** What the policy compared, in the point's unit; `null` for large by repetition where nothing was looked at. */
      readonly value: number | null;
      readonly occasion: number;
      /** Of the token at which the decision fell, in nats; at `stepStart` H_init. `null` likewise. */
      readonly entropy: number | null;
      readonly token: string | null;
      /** Where that token stands: UTF-16 offset in the step's text. */
      readonly at: number;
      /** The five likeliest candidates of that token. */
      readonly candidates: TokenDistribution;
      /** Large by repetition, not by the policy. */
      readonly forced: boolean;
    }
  | { readonly type: "step-start"; readonly step: number; readonly route: Route }
  | {
      readonly type: "text-delta";
      readonly step: number;
      readonly route: Route;
      readonly text: string;
    }
  | { readonly type: "step-end"; readonly record: StepRecord; readonly text: string }
  | { readonly type: "step-judged"; readonly step: number; readonly verified: VerifiedRecord }
  | { readonly type: "answer-watched"; readonly record: WatchRecord }
  /** A stream was cut, and is opened again. */
  | { readonly type: "stream-resumed"; readonly record: RetryRecord }
  /** A model is out, and the other one writes the rest. */
  | { readonly type: "degraded"; readonly record: DegradedRecord }
  /** First of all: an earlier call has written, and handed out, so much of this reply. */
  | {
      readonly type: "thought-resumed";
      readonly record: RetryRecord;
      readonly thought: string;
      readonly answer: string;
    }
  | { readonly type: "thought-end"; readonly stopReason: StopReason }
  | { readonly type: "answer-start"; readonly by: Route }
  | { readonly type: "answer-delta"; readonly text: string }
  /** Plain data of a chat answer, as its writer gave it. */
  | { readonly type: "answer-part"; readonly part: unknown }
  | { readonly type: "answer-end"; readonly record: AnswerRecord };
