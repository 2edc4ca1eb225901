import type { EvalRecord } from "../../eval/records/eval-record.js";
import type { ThoughtKind } from "./reader-data.js";

/** How one arm did on one problem. */
export type Outcome = Pick<EvalRecord, "status" | "handoffs"> & { readonly isRight: boolean };

/** The arms that a reader compares, on one problem; their first replies where each was asked more than once. */
export interface ProblemOutcomes {
  primary?: Outcome;
  large?: Outcome;
  small?: Outcome;
  /** The compared arm's highest value on it. */
  highest?: number;
}

export function outcomeOf({ status, score, handoffs }: EvalRecord): Outcome {
  return { status, handoffs, isRight: isRight({ status, score }) };
}

/** Half a score is right. */
function isRight({ status, score }: Pick<EvalRecord, "status" | "score">): boolean {
  return status === "ok" && score >= 0.5;
}

export function kindsOf({ primary, large }: ProblemOutcomes): readonly ThoughtKind[] {
  if (primary === undefined) return [];
  const kinds: ThoughtKind[] = [];
  if (large !== undefined && primary.isRight !== large.isRight) {
    kinds.push(primary.isRight ? "routed right, large wrong" : "routed wrong, large right");
  }
  if ((primary.handoffs ?? 0) > 0) kinds.push("handed over");
  if (primary.status === "truncated") kinds.push("truncated");
  if (primary.status === "error" || primary.status === "unparsed") kinds.push("failed or unparsed");
  return kinds;
}
