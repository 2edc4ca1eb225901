import type { EvalRecord, EvalStep } from "../../eval/records/eval-record.js";
import type { ValueScale } from "../../page/shown-thought.js";

/** What the page's reader of single thoughts is given, as JSON. Arms and problems stand in lists: no text is a key. */
export interface ReaderData {
  /** The arm that is compared; its reply is shown first. */
  readonly primary: string;
  /** Where the values of that arm are cut, and what a bar of a whole width is; `null` where nobody told. */
  readonly scale: ValueScale | null;
  readonly problems: readonly ReaderProblem[];
}

export interface ReaderProblem {
  readonly id: string;
  /** `null` where the run's data were not at hand, or prompts are not to be shown. */
  readonly prompt: string | null;
  readonly expected: string | null;
  readonly kinds: readonly ThoughtKind[];
  readonly replies: readonly ReaderReply[];
}

/** What one can look for. */
export type ThoughtKind =
  | "routed right, large wrong"
  | "routed wrong, large right"
  | "handed over"
  | "truncated"
  | "failed or unparsed";

export const THOUGHT_KINDS: readonly ThoughtKind[] = [
  "routed right, large wrong",
  "routed wrong, large right",
  "handed over",
  "truncated",
  "failed or unparsed",
];

/** A record without its keys, its texts shortened where they are very long. */
export interface ReaderReply
  extends Pick<
    EvalRecord,
    | "arm"
    | "status"
    | "score"
    | "extracted"
    | "why"
    | "stopReason"
    | "interventionRate"
    | "largeShare"
    | "thought"
    | "answer"
    | "error"
  > {
  /** `null` where times say nothing. */
  readonly ms: number | null;
  readonly steps: readonly ReaderStep[];
  /** The thought would have made the file too large. */
  readonly leftOut: boolean;
}

export type ReaderStep = Pick<EvalStep, "route" | "end" | "tokens" | "text"> & {
  readonly parts: readonly Pick<EvalStep["parts"][number], "route" | "from">[];
  readonly decisions: EvalStep["decisions"];
  readonly verified: NonNullable<EvalStep["verified"]> | null;
};
