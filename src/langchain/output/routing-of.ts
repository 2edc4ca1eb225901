import type { RoutingRecord } from "../../router/route-trace.js";

/** A message as far as it is looked at: one of another copy of core, or one that was stored, is as good. */
interface MessageLike {
  readonly response_metadata?: Record<string, unknown> | undefined;
}

/**
 * The routing record of a reply: who wrote which step, and why. While a reply is streamed, its last chunk has it;
 * the chunks merged have it, too.
 *
 * @returns `undefined` for a message that is none of the router's
 */
export function routingOf(message: MessageLike): RoutingRecord | undefined {
  const record = message.response_metadata?.glimprouter;
  return isRoutingRecord(record) ? record : undefined;
}

function isRoutingRecord(value: unknown): value is RoutingRecord {
  const { steps, requests, usage, continuation } = (value ?? {}) as Partial<RoutingRecord>;
  return Array.isArray(steps) && [requests, usage, continuation].every(hasBothRoles);
}

function hasBothRoles(value: unknown): boolean {
  return typeof value === "object" && value !== null && "small" in value && "large" in value;
}
