import type { EvalRecord } from "../records/eval-record.js";
import type { TargetName } from "./target.js";

/** A step as its threshold saw it. */
export interface KeptStep {
  /** Its highest value, rising with doubt; `null` where nothing asked. */
  readonly value: number | null;
  readonly tokens: number;
}

/** What a calibration keeps of a reply. */
export interface KeptReply {
  readonly problem: string;
  readonly cluster: string;
  readonly score: number;
  readonly status: EvalRecord["status"];
  readonly steps: readonly KeptStep[];
  readonly stepsByLarge: number;
  /** Of the thought. */
  readonly tokens: number;
  readonly tokensByLarge: number;
  /** All that large generated, the answer included. */
  readonly largeTokens: number;
  /** Prompt tokens and generated ones, of both models; requests; milliseconds. */
  readonly cost: { readonly tokens: number; readonly requests: number; readonly ms: number };
  /** Occasions, and those of them that were handed over. */
  readonly decisions: number;
  readonly handedOver: number;
  /** Of large's own thought, as small sees it (`lookAlong`). */
  readonly glimpses?: readonly number[];
}

/** What was noted of a reply's decisions. */
export interface DecisionNotes {
  /** By step. */
  readonly values: ReadonlyMap<number, number>;
  readonly decisions: number;
  readonly handedOver: number;
}

export const NO_NOTES: DecisionNotes = { values: new Map(), decisions: 0, handedOver: 0 };

export function keptReply(record: EvalRecord, notes: DecisionNotes): KeptReply {
  const { problem, cluster, score, status, steps, usage, requests, ms } = record;
  const parts = steps.flatMap((step) => step.parts);
  return {
    problem,
    cluster,
    score,
    status,
    steps: steps.map(({ step, tokens }) => ({ value: notes.values.get(step) ?? null, tokens })),
    stepsByLarge: steps.filter(({ route }) => route === "large").length,
    tokens: tokensOf(parts),
    tokensByLarge: tokensOf(parts.filter(({ route }) => route === "large")),
    largeTokens: usage.large.output,
    cost: {
      tokens: [usage.small, usage.large].reduce(
        (sum, { input, output }) => sum + input + output,
        0,
      ),
      requests: requests.small + requests.large,
      ms,
    },
    decisions: notes.decisions,
    handedOver: notes.handedOver,
  };
}

function tokensOf(parts: readonly { readonly tokens: number }[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** What one reply adds to both sums of a target. */
export interface TargetPart {
  readonly part: number;
  readonly of: number;
}

/** @param alone - large's tokens where it answered the same problem alone */
export function targetPart(name: TargetName, reply: KeptReply, alone: number): TargetPart {
  if (name === "cost") return { part: reply.largeTokens, of: alone };
  if (name === "steps") return { part: reply.stepsByLarge, of: reply.steps.length };
  return { part: reply.tokensByLarge, of: reply.tokens };
}
