import type { UsageMetadata } from "@langchain/core/messages";
import type { RoutingRecord } from "../../router/route-trace.js";
import { addUsage, NO_USAGE, type RoleUsage } from "../../router/spent.js";
import type { StopReason } from "../../router/step-record.js";
import { MODEL_PROVIDER } from "./content-blocks.js";

/** Why a reply ended, in OpenAI's words; `cancelled` where its reader left. */
export type ReplyFinish = "stop" | "length" | "tool_calls" | "cancelled";

export function finishReason(
  { answer, answeredBy, stopReason }: RoutingRecord,
  calledTools: boolean,
): ReplyFinish {
  if (calledTools && (answer !== null || answeredBy === null)) return "tool_calls";
  if (answer !== null) return answer.end === "length" ? "length" : "stop";
  if (stopReason === null || answeredBy !== null) return "cancelled";
  return isLimit(stopReason) ? "length" : "stop";
}

function isLimit(reason: StopReason): boolean {
  return ["budget", "context", "tokens", "cost", "steps"].includes(reason);
}

/** Metadata of a whole reply. */
export function responseMetadata(
  record: RoutingRecord,
  calledTools: boolean,
): Record<string, unknown> {
  return {
    glimprouter: record,
    finish_reason: finishReason(record, calledTools),
    model: MODEL_PROVIDER,
    model_name: MODEL_PROVIDER,
    ...llmOutput(record),
  };
}

/** What handlers are told at the end beside the message, and merge into its metadata: as ChatOpenAI has it. */
export function llmOutput(record: RoutingRecord): { readonly tokenUsage: TokenUsageOutput } {
  const { input_tokens, output_tokens, total_tokens } = usageOf(record);
  return {
    tokenUsage: {
      promptTokens: input_tokens,
      completionTokens: output_tokens,
      totalTokens: total_tokens,
    },
  };
}

/** The same for several replies at once. */
export function combinedOutput(
  outputs: readonly { readonly tokenUsage?: Partial<TokenUsageOutput> }[],
): { readonly tokenUsage: TokenUsageOutput } {
  const sum = (count: keyof TokenUsageOutput) =>
    outputs.reduce((total, { tokenUsage }) => total + (tokenUsage?.[count] ?? 0), 0);
  return {
    tokenUsage: {
      promptTokens: sum("promptTokens"),
      completionTokens: sum("completionTokens"),
      totalTokens: sum("totalTokens"),
    },
  };
}

/** Tokens in LangChain's older words. */
interface TokenUsageOutput {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** Tokens of all requests, discarded ones and those beside the thought included: what the reply cost. */
export function usageOf({ usage }: RoutingRecord): UsageMetadata {
  const counts: readonly RoleUsage[] = Object.values(usage);
  const { input_tokens, cached_tokens, output_tokens } = counts.reduce(addUsage, NO_USAGE);
  return {
    input_tokens,
    output_tokens,
    total_tokens: input_tokens + output_tokens,
    ...(cached_tokens === null ? {} : { input_token_details: { cache_read: cached_tokens } }),
  };
}
