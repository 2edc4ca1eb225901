import type { Aside } from "./aside.js";
import type { VerifiedRecord } from "./step-record.js";

/** A judge rates the steps that small has written; the pure part of the option `verify`. */
export interface VerifyConfig {
  /** Who judges, in the record: `"score"`, `"self"`, `"likelihood"`, or the name of the user's own function. */
  readonly by: string;
  /** A step whose doubt is above it is rejected: large writes it. */
  readonly threshold: number;
  /** `doubtful`: only where the policy would hand over; then small finishes the step first. */
  readonly when: "always" | "doubtful";
  /** What becomes of a step whose judge failed. */
  readonly onFailure: "accept" | "large";
  /** Milliseconds that one judgement may take. */
  readonly timeoutMs: number;
  /** The most tokens that small's stream is read ahead during a judgement. @defaultValue it is not read */
  readonly maxAheadTokens?: number;
}

/** What a judge said of a step: doubt, `null` where the judge failed. */
export type Verdict = Aside;

/** What of a step by small is judged at its end. */
export interface JudgedFrom {
  /** Offset in the step's text from which large goes on where it is rejected. */
  readonly cut: number;
  /** Tokens of the step before that place. */
  readonly tokensBefore: number;
  /** Large goes on for good then. */
  readonly untilEnd: boolean;
}

/**
 * What the record says of a judged step.
 *
 * @param behind - tokens that small's stream has brought behind it
 */
export function verifiedRecord(
  { by, maxAheadTokens }: VerifyConfig,
  { value, failed, ms }: Verdict,
  { accepted, behind }: { readonly accepted: boolean; readonly behind: number },
): VerifiedRecord {
  return {
    by,
    value,
    accepted,
    ms,
    ...(maxAheadTokens === undefined ? {} : { aheadTokens: behind }),
    ...(failed === undefined ? {} : { failed }),
  };
}

/** Is the step taken as it is? */
export function isAccepted({ threshold, onFailure }: VerifyConfig, { value }: Verdict): boolean {
  return value === null ? onFailure === "accept" : value <= threshold;
}
