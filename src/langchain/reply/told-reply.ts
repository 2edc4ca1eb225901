import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { RouteEvent } from "../../router/route-event.js";
import type { Reply } from "../output/reply-events.js";
import { StepRuns } from "../tracing/step-runs.js";
import { tellCost } from "../tracing/tell-cost.js";
import type { TellCustom } from "../tracing/tell-custom.js";
import { tellDecision } from "../tracing/tell-decision.js";
import { tellRetry } from "../tracing/tell-retry.js";
import type { ReplyCall } from "./write-reply.js";

/**
 * A reply that is told to whoever listens while it is written: each decision, and each step as a run of the
 * trace. However the reply ends, none of its runs is left open.
 *
 * @param about.left - aborted when the reader leaves, which is no failure
 */
export async function* toldReply(
  reply: Reply,
  about: {
    readonly call: ReplyCall & { readonly tell: TellCustom };
    readonly runManager: CallbackManagerForLLMRun | undefined;
    readonly left?: AbortSignal | undefined;
  },
): Reply {
  const { call, left, runManager } = about;
  const runs = new StepRuns(runManager, call.routing.threshold);
  try {
    for (let item = await reply.next(); ; item = await reply.next()) {
      if (item.done) {
        await tellCost(call.tell, item.value);
        return item.value;
      }
      // An await for each token would cost more than all else here.
      if (runs.isHeard) await runs.tell(item.value);
      if (TOLD.has(item.value.type)) await tellEvent(call.tell, item.value);
      yield item.value;
    }
  } catch (error) {
    if (left?.aborted) await runs.leave();
    else await runs.fail(error);
    throw error;
  } finally {
    if (call.signal?.aborted) await runs.fail(call.signal.reason);
    else await runs.leave();
    await reply.return(undefined as never);
  }
}

/** Custom events. */
const TOLD: ReadonlySet<RouteEvent["type"]> = new Set([
  "route-decided",
  "stream-resumed",
  "thought-resumed",
]);

async function tellEvent(tell: TellCustom, event: RouteEvent): Promise<void> {
  if (event.type === "stream-resumed" || event.type === "thought-resumed")
    await tellRetry(tell, event);
  else await tellDecision(tell, event);
}
