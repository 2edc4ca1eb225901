import type { RouteEvent } from "../../router/route-event.js";
import { decisionOf } from "../output/reply-events.js";
import type { TellCustom } from "./tell-custom.js";

/**
 * Events of a reply that are custom events, too, besides their entries in its record: each decision, what was broken off
 * and is gone on with, and that a model is out. By what they are, their names.
 */
const NAMES: Readonly<Partial<Record<RouteEvent["type"], string>>> = {
  "route-decided": "glimprouter_step",
  "stream-resumed": "glimprouter_retry",
  "thought-resumed": "glimprouter_retry",
  degraded: "glimprouter_degraded",
};

export function isTold({ type }: RouteEvent): boolean {
  // Nearly all of them: for each token a look into the names is one too many.
  return type !== "text-delta" && type !== "answer-delta" && type in NAMES;
}

/** Tells an event to whoever listens; nothing where it is none of these. */
export async function tellEvent(tell: TellCustom, event: RouteEvent): Promise<void> {
  const name = NAMES[event.type];
  if (name === undefined) return;
  const decision = decisionOf(event);
  if (decision !== null) await tell(name, decision);
  else if ("record" in event) await tell(name, event.record);
}
