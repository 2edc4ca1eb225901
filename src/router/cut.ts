import type { StepRecord } from "./step-record.js";
import type { Role, StepWriter } from "./step-writer.js";

/**
 * Why a stream ended before its end. `cut`: the connection broke, or the stream ended without a finish; `error`: the
 * server told an error inside it; `no-first-token`, `stalled`: nothing came for too long.
 */
export const CUT_REASONS = ["cut", "error", "no-first-token", "stalled"] as const;

export type CutReason = (typeof CUT_REASONS)[number];

/** A stream that was cut, and opened again; or a whole thought that another call went on with (`resumed`). */
export interface RetryRecord {
  /** The step under way; `null` in the answer. */
  readonly step: StepRecord["step"] | null;
  readonly role: Role;
  readonly reason: CutReason | "resumed";
  /** Tokens of that step, or of the answer, that were there, and behind which the model went on. */
  readonly afterTokens: number;
  /** The model was asked to go on, and did so in its own words; absent: it went on with the very text. */
  readonly prompted?: true;
}

/** A stream that is over before its end, as a driver tells the reducer. */
export interface Cut {
  readonly reason: CutReason;
  /** How its writer goes on behind a cut; `null`: it does not. */
  readonly resumption: StepWriter["resumption"] | null;
}

/** How often streams of a role's were cut. A call that goes on with a thought has tries of its own. */
export function timesCut(retries: readonly RetryRecord[], role: Role): number {
  const resumed = retries.map(({ reason }) => reason).lastIndexOf("resumed");
  const own = retries.slice(resumed + 1);
  return own.filter((retry) => retry.role === role).length;
}

const CUT_BY: unique symbol = Symbol("langchain-glimprouter.cut");

/** Marks an error that a writer throws in mid-stream: it says that the stream was cut, and not that it cannot be. */
export function markCut<Thrown>(error: Thrown, reason: CutReason): Thrown {
  if (error instanceof Error) Object.defineProperty(error, CUT_BY, { value: reason });
  return error;
}

/** Why the error's stream was cut; `null` for any other error. */
export function cutReason(error: unknown): CutReason | null {
  return error instanceof Error
    ? ((error as { readonly [CUT_BY]?: CutReason })[CUT_BY] ?? null)
    : null;
}
