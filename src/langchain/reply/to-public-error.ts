import { ContextOverflowError } from "@langchain/core/errors";
import { RouteError } from "../../core/route-error.js";
import { GlimpRouterError } from "../../errors.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import { ThoughtError } from "../../router/thought-error.js";
import { type ThoughtState, thoughtText } from "../../router/thought-state.js";

/**
 * The error that callers see: what went wrong, whose fault it was, and everything that had been thought.
 *
 * @param recordOf - the routing record of a state
 */
export function toPublicError(
  error: unknown,
  signal: AbortSignal | undefined,
  recordOf: (state: ThoughtState) => RoutingRecord,
): GlimpRouterError {
  const failed = error instanceof ThoughtError ? error : { role: null, state: null, cause: error };
  const { role, state } = failed;
  // Whatever a request made of an abort: callers look for the abort's own name.
  const cause = signal?.aborted ? signal.reason : failed.cause;
  const about = {
    ...(role === null ? {} : { role }),
    ...(state === null ? {} : { thought: thoughtText(state), routing: recordOf(state) }),
    cause,
  };
  const message = cause instanceof Error ? cause.message : String(cause);
  if (signal?.aborted) return new GlimpRouterError(message, { ...about, reason: "aborted" });
  if (GlimpRouterError.isInstance(cause)) {
    const { reason, status } = cause;
    return new GlimpRouterError(message, { role: cause.role, ...about, reason, status });
  }
  if (cause instanceof RouteError) {
    return new GlimpRouterError(message, { ...about, reason: cause.reason });
  }
  const who = role === null ? "A model" : `The ${role} model`;
  const { status } = (cause ?? {}) as { status?: unknown };
  return new GlimpRouterError(`${who} failed: ${message}`, {
    ...about,
    reason: ContextOverflowError.isInstance(cause) ? "context" : "server",
    status: typeof status === "number" ? status : undefined,
  });
}
