import type { Brought } from "./open-request.js";
import type { ThoughtInput } from "./reduce-thought.js";

/**
 * What the reducer is told of what a request has brought.
 *
 * @param ms - since it was told something last
 */
export function inputOf(brought: Brought, ms: number): ThoughtInput {
  if (brought.type === "left") return { type: "out-of-time" };
  if (brought.type !== "cut") return { type: "written", written: brought, ms };
  const { reason, resumption } = brought;
  return { type: "cut", reason, resumption, ms };
}

/** What to throw where the reducer cannot go on: the writer's own error says more than ours. */
export function failureOf(brought: Brought, thrown: unknown): unknown {
  return (brought.type === "cut" ? brought.error : null) ?? thrown;
}
