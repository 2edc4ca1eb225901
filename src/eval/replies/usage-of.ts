import type { RoutingRecord } from "../../router/route-trace.js";
import { addSpeculation, type Speculation } from "../../router/speculation.js";
import type { RoleUsage } from "../../router/spent.js";
import type { TokenUsage } from "../../router/step-writer.js";
import type { EvalUsage } from "../records/eval-record.js";
import type { WrittenReply } from "./written-reply.js";

export const NOTHING: EvalUsage = {
  input: 0,
  cached: null,
  output: 0,
  discarded: 0,
  estimated: false,
};

/** What a routed reply cost. */
export function usageOf({ usage }: RoutingRecord): WrittenReply["usage"] {
  const { small, large, verify, watch, warmSmall, warmLarge } = usage;
  return {
    small: toUsage(small),
    large: toUsage(large),
    ...(verify === undefined ? {} : { verify: toUsage(verify) }),
    ...(watch === undefined ? {} : { watch: toUsage(watch) }),
    ...(warmSmall === undefined ? {} : { warmSmall: toUsage(warmSmall) }),
    ...(warmLarge === undefined ? {} : { warmLarge: toUsage(warmLarge) }),
  };
}

/** What was written ahead of both models, in all of a routed reply. */
export function speculationOf({ steps, answer }: RoutingRecord): Speculation | null {
  const told = steps.flatMap(({ parts }) => parts.map(({ speculation }) => speculation));
  return [...told, answer?.speculation ?? null].reduce(addSpeculation, null);
}

/** What one request cost; what its server did not tell was counted by us. */
export function usageOfCall(told: TokenUsage | undefined, counted: TokenUsage): EvalUsage {
  const { input_tokens, output_tokens, cached_tokens = null } = told ?? counted;
  return {
    input: input_tokens,
    cached: cached_tokens,
    output: output_tokens,
    discarded: 0,
    estimated: told === undefined,
  };
}

function toUsage(usage: RoleUsage): EvalUsage {
  return {
    input: usage.input_tokens,
    cached: usage.cached_tokens,
    output: usage.output_tokens,
    discarded: usage.discarded_tokens,
    estimated: usage.estimated,
  };
}
