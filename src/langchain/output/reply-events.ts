import type { RouteEvent } from "../../router/route-event.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import type { ToolCallPart } from "../../writers/chat-answer/tool-call-part.js";

/** A reply as it is written: its events, and its record at the end. */
export type Reply = AsyncGenerator<RouteEvent, RoutingRecord, void>;

/** A decision as it is told: who writes the step that begins, and why. */
export type StepDecision = Omit<Extract<RouteEvent, { type: "route-decided" }>, "type">;

/** What an event decides, `null` where it is no decision. */
export function decisionOf(event: RouteEvent): StepDecision | null {
  if (event.type !== "route-decided") return null;
  const { type: _type, ...decision } = event;
  return decision;
}

/** What of an event is a piece of a tool call, `null` for nothing. */
export function toolCallPart(event: RouteEvent): ToolCallPart | null {
  if (event.type !== "answer-part") return null;
  const part = event.part as Partial<ToolCallPart> | null;
  return part?.type === "tool-call" ? (part as ToolCallPart) : null;
}
