import { GlimpRouterError } from "../../errors.js";
import type { Checked } from "../checkers/run-checker.js";
import type { Problem } from "../problems/problem.js";
import type { WrittenReply } from "../replies/written-reply.js";
import type { EvalRecord } from "./eval-record.js";
import { type RecordPlace, recordKey } from "./record-key.js";

/** What a record says beside the reply. */
export interface RecordAbout extends Omit<RecordPlace, "problem"> {
  readonly problem: Problem;
  /** `null` where the reply was not looked at: it failed, or was cut off. */
  readonly checked: Checked | null;
}

/** A reply as a line of `records.jsonl`. */
export function toRecord(reply: WrittenReply, about: RecordAbout): EvalRecord {
  const { problem, arm, repeat, atOnce, checked } = about;
  const { record, answer, thought, startedAt, ms, msToAnswer, requests, usage, steps } = reply;
  const status = statusOf(reply, checked);
  return {
    v: 1,
    key: recordKey({ arm, problem: problem.id, repeat, atOnce }),
    problem: problem.id,
    cluster: problem.cluster ?? problem.id,
    arm,
    repeat,
    atOnce,
    startedAt,
    status,
    score: status === "ok" ? (checked?.score ?? 0) : 0,
    extracted: checked?.extracted ?? null,
    why: checked?.why ?? null,
    ms,
    msToAnswer,
    requests,
    usage,
    cost: reply.cost,
    speculation: reply.speculation,
    stopReason: reply.stopReason,
    interventionRate: record?.interventionRate ?? null,
    largeShare: record?.largeShare ?? null,
    handoffs: record?.handoffs ?? null,
    surprise: reply.surprise,
    steps: [...steps],
    thought,
    answer,
    error: reply.failure === null ? null : errorOf(reply.failure),
  };
}

function statusOf(
  { failure, isTruncated }: WrittenReply,
  checked: Checked | null,
): EvalRecord["status"] {
  if (failure !== null) return "error";
  if (isTruncated) return "truncated";
  return checked === null || checked.score === null ? "unparsed" : "ok";
}

function errorOf(failure: unknown): { readonly reason: string; readonly message: string } {
  const message = failure instanceof Error ? failure.message : String(failure);
  return { reason: GlimpRouterError.isInstance(failure) ? failure.reason : "unknown", message };
}
