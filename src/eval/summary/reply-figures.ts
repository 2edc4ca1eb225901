import type { EvalRecord } from "../records/eval-record.js";
import type { RunFile } from "../records/run-file.js";

/** What a summary keeps of a reply: figures, no text. */
export interface ReplyFigures {
  readonly repeat: number;
  readonly atOnce: number;
  readonly startedAt: number;
  readonly status: EvalRecord["status"];
  /** 0 unless the reply is whole: errors, truncated and unparsed replies are wrong. */
  readonly score: number;
  readonly ms: number;
  readonly msToAnswer: number | null;
  /** Generated, discarded ones included: what is paid for. */
  readonly smallTokens: number;
  readonly largeTokens: number;
  readonly discardedTokens: number;
  readonly requests: number;
  readonly money: number | null;
  readonly interventionRate: number | null;
  readonly largeShare: number | null;
  readonly surprise: number | null;
  /** What small's repeats vote for; not kept of other arms. */
  readonly extracted: string | null;
}

/** Drops the texts. What is generated beside the thought is paid for like the model that it is asked of. */
export function figuresOf(record: EvalRecord, judge: "small" | "large"): ReplyFigures {
  const { usage, requests, status } = record;
  const besides = (role: typeof judge, asked: readonly (typeof usage.watch)[]) =>
    [...asked, judge === role ? usage.verify : undefined].reduce(
      (sum, each) => sum + (each?.output ?? 0),
      0,
    );
  return {
    repeat: record.repeat,
    atOnce: record.atOnce,
    startedAt: record.startedAt,
    status,
    score: status === "ok" ? record.score : 0,
    ms: record.ms,
    msToAnswer: record.msToAnswer,
    smallTokens: usage.small.output + besides("small", [usage.watch, usage.warmSmall]),
    largeTokens: usage.large.output + besides("large", [usage.warmLarge]),
    discardedTokens: usage.small.discarded + usage.large.discarded,
    requests: requests.small + requests.large + (requests.verify ?? 0) + (requests.watch ?? 0),
    money: record.cost,
    interventionRate: record.interventionRate,
    largeShare: record.largeShare,
    surprise: record.surprise,
    extracted: record.arm === "small" ? record.extracted : null,
  };
}

/** Who judges the steps of an arm: small where its settings say `self`, otherwise large. */
export function judgeOf(arm: string, run: Pick<RunFile, "arms">): "small" | "large" {
  const settings = run.arms.find((each) => each.arm === arm)?.settings as
    | { readonly verify?: { readonly by?: unknown } }
    | null
    | undefined;
  return arm === "verify-self" || settings?.verify?.by === "self" ? "small" : "large";
}
