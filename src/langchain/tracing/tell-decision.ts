import type { RouteEvent } from "../../router/route-event.js";
import { decisionOf } from "../output/reply-events.js";
import type { TellCustom } from "./tell-custom.js";

/** Name of the custom event of each decision. */
const DECISION_EVENT = "glimprouter_step";

/** Tells of an event what it decides. */
export async function tellDecision(tell: TellCustom, event: RouteEvent): Promise<void> {
  const decision = decisionOf(event);
  if (decision !== null) await tell(DECISION_EVENT, decision);
}
