import type { EvalRecord } from "../records/eval-record.js";

/** What a reply is judged by: `null` where it does not apply. */
export interface ReplyFeedback {
  readonly key: "correct" | "largeShare" | "interventionRate" | "cost";
  readonly score: number | null;
  readonly comment?: { readonly comment: string };
}

/** A recorded reply as a run of LangSmith's: it began and ended when the reply did. */
export function toTracedRun(record: EvalRecord, id: string) {
  const { arm, startedAt, ms, answer, thought, steps, status, extracted } = record;
  const { requests, usage, stopReason, repeat, problem, cluster, error } = record;
  return {
    id,
    trace_id: id,
    dotted_order: dottedOrder(startedAt, id),
    name: arm,
    run_type: "chain",
    start_time: Math.floor(startedAt),
    end_time: Math.floor(startedAt + ms),
    outputs: { answer, thought: thought ?? steps.map(({ text }) => text).join(""), extracted },
    extra: {
      metadata: { arm, problem, cluster, repeat, status, stopReason, requests, usage, steps },
    },
    ...(error === null ? {} : { error: `${error.reason}: ${error.message}` }),
  };
}

/** Feedback that does not apply is none. */
export function feedbackOf(record: EvalRecord): readonly ReplyFeedback[] {
  const { score, largeShare, interventionRate, cost, why, status } = record;
  const said = [status === "ok" ? null : status, why].filter((part) => part !== null).join(": ");
  const all: readonly ReplyFeedback[] = [
    { key: "correct", score, ...(said === "" ? {} : { comment: { comment: said } }) },
    { key: "largeShare", score: largeShare },
    { key: "interventionRate", score: interventionRate },
    { key: "cost", score: cost },
  ];
  return all.filter((each) => each.score !== null);
}

/** LangSmith sorts a trace's runs by it: the time in microseconds, then the run's id. */
function dottedOrder(startedAt: number, id: string): string {
  const time = new Date(startedAt).toISOString().slice(0, -1);
  const plain = ["-", ":", "."].reduce((text, mark) => text.replaceAll(mark, ""), time);
  return `${plain}000Z${id}`;
}
