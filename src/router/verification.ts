import { type ListedToken, listedToken, type TextPiece } from "../core/align-tokens.js";
import type { StepRecord, StopReason, VerifiedRecord } from "./step-record.js";
import type { Role } from "./step-writer.js";

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
}

/** What a judge said of a step. */
export interface Verdict {
  /** Doubt; `null` where the judge failed. */
  readonly value: number | null;
  /** Why it failed. */
  readonly failed?: string;
  readonly ms: number;
  /** What was asked of a model for it; absent for a function of the user's. */
  readonly asked?: {
    readonly role: Role;
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly estimated: boolean;
  };
}

/** What of a step by small is judged at its end. */
export interface JudgedFrom {
  /** Offset in the step's text from which large goes on where it is rejected. */
  readonly cut: number;
  /** Tokens of the step before that place. */
  readonly tokensBefore: number;
  /** Large goes on for good then. */
  readonly untilEnd: boolean;
}

/** A step by small that is whole and waits for its judgement. Its stream stays open, and is not read. */
export interface JudgedStep {
  readonly end: StepRecord["end"];
  readonly stopReason: StopReason | null;
  /** What the last event had behind the step's end. */
  readonly behind: readonly TextPiece[];
  /** The stream has had its tokens: a server that does not keep to `max_tokens`. */
  readonly isOver: boolean;
}

/** In plain JSON: another process may go on from it. */
export function keptPiece({ text, first, tokens }: TextPiece): TextPiece {
  return { text, first: first === null ? null : readable(first), tokens };
}

/** Candidates that cannot be read are none: whoever needs them says so. */
function readable(first: ListedToken): ListedToken {
  try {
    return listedToken(first);
  } catch {
    return { token: first.token, top: [] };
  }
}

/** What the record says of a judged step. */
export function verifiedRecord(
  { by }: VerifyConfig,
  { value, failed, ms }: Verdict,
  accepted: boolean,
): VerifiedRecord {
  return { by, value, accepted, ms, ...(failed === undefined ? {} : { failed }) };
}

/** Is the step taken as it is? */
export function isAccepted({ threshold, onFailure }: VerifyConfig, { value }: Verdict): boolean {
  return value === null ? onFailure === "accept" : value <= threshold;
}
