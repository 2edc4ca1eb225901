import type { Role } from "./step-writer.js";
import type { ThoughtState } from "./thought-state.js";

/** A thought that could not go on, with everything that had been thought and paid for. */
export class ThoughtError extends Error {
  override readonly name = "ThoughtError";
  /** The model that was being asked, `null` where it is not a model's fault. */
  readonly role: Role | null;
  /** The state at the failure, without an open request; `null` where nothing had been asked yet. */
  readonly state: ThoughtState | null;

  constructor(cause: unknown, role: Role | null, state: ThoughtState | null) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.role = role;
    this.state = state;
  }
}
