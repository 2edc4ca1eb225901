import { ROLES, type Role } from "../router/step-writer.js";
import { type Continuation, isStepWriter } from "./step-writer-for.js";

/** A continuation for each model; one that is left out is `"auto"`. */
export interface ContinuationOfEach {
  readonly small?: Continuation;
  readonly large?: Continuation;
}

/** Is one given for each, and not one for both? */
export function isContinuationOfEach(
  given: Continuation | ContinuationOfEach | undefined,
): given is ContinuationOfEach {
  if (typeof given !== "object" || given === null || isStepWriter(given)) return false;
  return ROLES.some((role) => Object.hasOwn(given, role));
}

/** What holds for one of them. */
export function continuationOf(given: Continuation | ContinuationOfEach, role: Role): Continuation {
  if (!isContinuationOfEach(given)) return given;
  const own = given[role];
  return own === undefined ? "auto" : own;
}
