import type { BaseMessage } from "@langchain/core/messages";
import { GlimpRouterError } from "../../errors.js";
import type { ResolvedOptions } from "../../langchain/options/chat-model-options.js";
import { RoutedModels } from "../../langchain/reply/routed-models.js";
import { ReplyWriter } from "../../langchain/reply/write-reply.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import type { AskedPair } from "./asked-pair.js";
import { ToldSteps } from "./told-steps.js";
import { NOTHING, speculationOf, usageOf } from "./usage-of.js";
import type { WrittenReply } from "./written-reply.js";

/** Thoughts that a limit ended leave an answer all the same; these leave none. */
const NO_ANSWER: readonly unknown[] = ["budget", "context", "steps"];

/**
 * One routed reply, by its events: they have the text of each step and the candidates of each decision, which no
 * message has.
 */
export async function routedReply(
  { models }: Pick<AskedPair, "models">,
  options: ResolvedOptions,
  messages: BaseMessage[],
  signal: AbortSignal,
): Promise<WrittenReply> {
  const startedAt = Date.now();
  const begin = performance.now();
  const told = new ToldSteps();
  let answer = "";
  let msToAnswer: number | null = null;
  const end = (record: RoutingRecord | null, failure: unknown): WrittenReply => ({
    ...summaryOf(record, options),
    startedAt,
    ms: performance.now() - begin,
    msToAnswer,
    answer: options.thinking === false ? told.steps.map(({ text }) => text).join("") : answer,
    thought: null,
    steps: told.steps,
    failure,
  });
  const reply = new ReplyWriter(new RoutedModels(models, options), options).write({
    messages,
    options: {},
    routing: options,
    signal,
  });
  try {
    for (;;) {
      const item = await reply.next();
      if (item.done) return end(item.value, null);
      const event = item.value;
      told.add(event);
      if (event.type !== "answer-delta") continue;
      msToAnswer ??= performance.now() - begin;
      answer += event.text;
    }
  } catch (error) {
    signal.throwIfAborted();
    return end(GlimpRouterError.isInstance(error) ? (error.routing ?? null) : null, error);
  }
}

function summaryOf(
  record: RoutingRecord | null,
  { thinking }: ResolvedOptions,
): Pick<
  WrittenReply,
  | "record"
  | "requests"
  | "usage"
  | "cost"
  | "speculation"
  | "stopReason"
  | "isTruncated"
  | "surprise"
> {
  const stopReason = record?.stopReason ?? null;
  const isCut =
    thinking === false ? NO_ANSWER.includes(stopReason) : record?.answer?.end === "length";
  return {
    record,
    requests: record?.requests ?? { small: 0, large: 0 },
    usage: record === null ? { small: NOTHING, large: NOTHING } : usageOf(record),
    cost: record?.cost ?? null,
    speculation: record === null ? null : speculationOf(record),
    stopReason,
    isTruncated: isCut,
    surprise: null,
  };
}
