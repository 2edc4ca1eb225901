import type { ThoughtPrompt } from "../../prompt/thought-prompt.js";
import type { BegunWith } from "../../router/begin-thought.js";
import type { StandIn } from "../../router/both-roles.js";
import { outageReason } from "../../router/outage.js";
import type { Opening, Role, StepWriter } from "../../router/step-writer.js";
import { ThoughtError } from "../../router/thought-error.js";

const KIND = "absent";

/** The model of a pair that is out before its first request, and is done without. */
export class Lacking {
  missing: BegunWith["missing"];
  readonly #mayLack: (role: Role) => boolean;

  /** @param mayLack - may the other one write all of a reply? */
  constructor(mayLack: (role: Role) => boolean) {
    this.#mayLack = mayLack;
  }

  /** Puts something in the place of what cannot be had. */
  standIn<Result>(make: (error: unknown, role: Role) => Result): StandIn<Result> {
    return (role, error) => {
      const reason = outageReason(error);
      if (reason === null || !this.#mayLack(role)) return undefined;
      this.missing = { role, reason, error: new ThoughtError(error, role, null) };
      return make(error, role);
    };
  }
}

/** Fails as its model did. */
export function absentWriter(error: unknown): StepWriter<ThoughtPrompt> {
  return {
    kind: KIND,
    open: () => Promise.reject(error),
    write: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }),
  };
}

export function absentOpening(): Opening {
  return { kind: KIND, data: null, opensThought: false, promptTokens: null, contextSize: null };
}
