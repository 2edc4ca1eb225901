import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { Reply } from "../output/reply-events.js";
import { StepRuns } from "../tracing/step-runs.js";
import { tellCost } from "../tracing/tell-cost.js";
import type { TellCustom } from "../tracing/tell-custom.js";
import { isTold, tellEvent } from "../tracing/tell-event.js";
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
      if (isTold(item.value)) await tellEvent(call.tell, item.value);
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
