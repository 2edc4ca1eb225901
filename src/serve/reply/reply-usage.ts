import type { UsageMetadata } from "@langchain/core/messages";
import type { RoutingRecord } from "../../router/route-trace.js";
import { otherRole, ROLES } from "../../router/step-writer.js";
import type { ReplyUsage } from "./reply-piece.js";

/** Tokens of a routed reply as its client sees them: the prompt once, what was kept of thought and answer. */
export function routedUsage(record: RoutingRecord): ReplyUsage {
  const steps = record.steps.reduce((sum, { tokens }) => sum + tokens, 0);
  // Without an answer behind it the thought is the reply.
  const isReply = record.answeredBy === null;
  return {
    prompt: countedPrompt(record) ?? readOnAverage(record),
    thought: isReply ? 0 : steps,
    answer: isReply ? steps : (record.answer?.tokens ?? 0),
  };
}

/** In the tokens of the model that answers, as the same prompt would have had of it alone. */
function countedPrompt({ promptTokens, answeredBy }: RoutingRecord): number | null {
  const role = answeredBy ?? "small";
  return promptTokens[role] ?? promptTokens[otherRole(role)];
}

/**
 * Where nobody has counted the prompt (a template of the user's own): what one request has read on average, of the
 * model where that is less. Each has read the prompt, and the thought behind it.
 */
function readOnAverage({ requests, usage }: RoutingRecord): number {
  const read = ROLES.filter((role) => requests[role] > 0 && usage[role].input_tokens > 0).map(
    (role) => Math.floor(usage[role].input_tokens / requests[role]),
  );
  return read.length === 0 ? 0 : Math.min(...read);
}

/** Tokens of a model alone, as its server told them. */
export function plainUsage(told: UsageMetadata | null): ReplyUsage {
  const thought = told?.output_token_details?.reasoning ?? 0;
  return {
    prompt: told?.input_tokens ?? 0,
    thought,
    answer: Math.max(0, (told?.output_tokens ?? 0) - thought),
  };
}
