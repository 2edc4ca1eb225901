import type { RouteEvent } from "../../router/route-event.js";
import type { TellCustom } from "./tell-custom.js";

/** Name of the custom event. */
const RETRY_EVENT = "glimprouter_retry";

/** What was broken off and is gone on with is a custom event, besides its entry in the record. */
export async function tellRetry(
  tell: TellCustom,
  { record }: Extract<RouteEvent, { type: "stream-resumed" | "thought-resumed" }>,
): Promise<void> {
  await tell(RETRY_EVENT, record);
}
