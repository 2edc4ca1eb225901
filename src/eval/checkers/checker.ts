import type { RoutingRecord } from "../../router/route-trace.js";
import type { Problem } from "../problems/problem.js";

/** What a checker looks at. */
export interface CheckedReply {
  /** The answer alone. */
  readonly text: string;
  /** The reasoning; empty where there is none. */
  readonly thought: string;
  /** Absent where the reply was not routed. */
  readonly record?: RoutingRecord | undefined;
}

/** What a checker found. */
export type CheckResult =
  | boolean
  | {
      /** From 0, wrong, to 1, right; `null`: no answer could be read from the reply, an outcome of its own. */
      readonly score: number | null;
      /** The answer as it was read. */
      readonly extracted?: string;
      readonly why?: string;
    };

/** Is a reply right? One that throws ends the run, with the problem named. */
export type Checker = (reply: CheckedReply, problem: Problem) => CheckResult | Promise<CheckResult>;
