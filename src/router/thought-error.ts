import type { RouteConfig } from "./route-config.js";
import type { Role } from "./step-writer.js";
import { abandonStream, isRefused } from "./thought-draft.js";
import type { ThoughtState } from "./thought-state.js";

/** A thought that could not go on, with everything that had been thought and paid for. */
export class ThoughtError extends Error {
  override readonly name = "ThoughtError";
  /** The model that was being asked, `null` where it is not a model's fault. */
  readonly role: Role | null;
  /** The state at the failure, without an open request; `null` where nothing had been asked yet. */
  readonly state: ThoughtState | null;
  /** The same with its open request: from it `resumeThought` goes on. */
  readonly left: ThoughtState | null;

  constructor(
    cause: unknown,
    role: Role | null,
    state: ThoughtState | null,
    left: ThoughtState | null = state,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.role = role;
    this.state = state;
    this.left = left;
  }
}

/** The error of a thought that fails, or is aborted, in the middle. */
export function brokenOff(
  config: RouteConfig,
  state: ThoughtState,
  by: { readonly cause: unknown; readonly role: Role | null; readonly isAborted: boolean },
): ThoughtError {
  const { cause, role, isAborted } = by;
  const left = isRefused(state, isAborted) ? { ...state, stream: null } : state;
  return new ThoughtError(cause, role, abandonStream(config, state, isAborted), left);
}
