import type { OutageReason } from "./outage.js";
import type { RouteConfig } from "./route-config.js";
import { otherRole, type Role } from "./step-writer.js";
import type { ThoughtState } from "./thought-state.js";

/** A model that was out, and in whose place the other one wrote the rest of the reply (`onFailure`). */
export interface DegradedRecord {
  readonly role: Role;
  /** The step under way; `null` in the answer. */
  readonly fromStep: number | null;
  readonly reason: OutageReason;
}

/** Who answers; where that one is out, the other. */
export function answererOf(
  { answerBy }: Pick<RouteConfig, "answerBy">,
  { degraded }: Pick<ThoughtState, "degraded">,
): Role {
  return degraded?.role === answerBy ? otherRole(answerBy) : answerBy;
}

/** Large is out: nothing is handed over any more. */
export function isSmallAlone({ degraded }: Pick<ThoughtState, "degraded">): boolean {
  return degraded?.role === "large";
}
