import type { RoutingRecord } from "../../router/route-trace.js";
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
export function usageOf({ usage, steps }: RoutingRecord): WrittenReply["usage"] {
  // What is thrown away at a hand-off is small's: large's text is never taken back.
  const discarded = steps.reduce((sum, step) => sum + step.discarded, 0);
  const { verify, watch } = usage;
  return {
    small: { ...toUsage(usage.small), discarded },
    large: toUsage(usage.large),
    ...(verify === undefined ? {} : { verify: toUsage(verify) }),
    ...(watch === undefined ? {} : { watch: toUsage(watch) }),
  };
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

function toUsage({ input_tokens, output_tokens, estimated }: RoleUsage): EvalUsage {
  return { input: input_tokens, cached: null, output: output_tokens, discarded: 0, estimated };
}
