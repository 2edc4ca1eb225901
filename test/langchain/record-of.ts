import type { RoutingRecord } from "../../src/index.js";

/** The routing record of a reply; fails where there is none. */
export function recordOf(message: {
  readonly response_metadata: Record<string, unknown>;
}): RoutingRecord {
  const { glimprouter } = message.response_metadata;
  if (glimprouter === undefined) throw new Error("The message has no routing record.");
  return glimprouter as RoutingRecord;
}
