import type { EvalRecord, EvalStep } from "../../eval/records/eval-record.js";
import type { ReaderReply, ReaderStep } from "./reader-data.js";

const MOST_OF_ANSWER = 8000;
const MOST_OF_NOTE = 600;

/** Of a text that is longer, the beginning, and how much is missing. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)} … (${text.length - most} characters left out)`;
}

/** What the reader shows of a record: the thought whole, what stands beside it shortened. */
export function shortenReply(record: EvalRecord, isTimed: boolean): ReaderReply {
  const { arm, status, score, ms, stopReason, interventionRate, largeShare } = record;
  return {
    arm,
    status,
    score,
    ms: isTimed ? Math.round(ms) : null,
    stopReason,
    interventionRate: rounded(interventionRate, 4),
    largeShare: rounded(largeShare, 4),
    extracted: record.extracted && shortened(record.extracted, MOST_OF_NOTE),
    why: record.why && shortened(record.why, MOST_OF_NOTE),
    error: record.error && {
      reason: record.error.reason,
      message: shortened(record.error.message, MOST_OF_NOTE),
    },
    thought: record.thought,
    answer: shortened(record.answer, MOST_OF_ANSWER),
    steps: record.steps.map(shortenStep),
    leftOut: false,
  };
}

/** Its outcome alone. */
export function withoutThought(reply: ReaderReply): ReaderReply {
  return {
    ...reply,
    thought: null,
    steps: [],
    answer: shortened(reply.answer, MOST_OF_NOTE),
    leftOut: true,
  };
}

function shortenStep({
  route,
  end,
  tokens,
  text,
  parts,
  decisions,
  verified,
}: EvalStep): ReaderStep {
  return {
    route,
    end,
    tokens,
    text,
    parts: parts.map((part) => ({ route: part.route, from: part.from })),
    decisions: decisions.map((decision) => ({
      ...decision,
      value: rounded(decision.value, 4),
      candidates: decision.candidates.map(([token, p]) => [token, Number(p.toFixed(4))]),
    })),
    verified: verified ?? null,
  };
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
