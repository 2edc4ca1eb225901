import type { Route } from "../core/route-policy.js";
import type { AnswerRecord, StepRecord, StopReason } from "./thought-state.js";

/** What happens while a reply is written, in order. Every character of it is in one delta. */
export type RouteEvent =
  | {
      readonly type: "route-decided";
      readonly step: number;
      readonly route: Route;
      /** H_init in nats. */
      readonly entropy: number;
      readonly token: string;
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
  | { readonly type: "thought-end"; readonly stopReason: StopReason }
  | { readonly type: "answer-start"; readonly by: Route }
  | { readonly type: "answer-delta"; readonly text: string }
  /** Plain data of a chat answer, as its writer gave it. */
  | { readonly type: "answer-part"; readonly part: unknown }
  | { readonly type: "answer-end"; readonly record: AnswerRecord };
