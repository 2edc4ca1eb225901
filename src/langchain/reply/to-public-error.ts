import { ContextOverflowError } from "@langchain/core/errors";
import { RouteError } from "../../core/route-error.js";
import { GlimpRouterError, type GlimpRouterErrorFields } from "../../errors.js";
import type { RoutingRecord } from "../../router/route-trace.js";
import { ThoughtError } from "../../router/thought-error.js";
import { type ThoughtState, thoughtText } from "../../router/thought-state.js";
import type { Secrets } from "../../writers/connection/secrets.js";
import { showable } from "../../writers/connection/server-words.js";
import { showableCause } from "../../writers/connection/showable-cause.js";
import type { Resuming } from "../resume/resuming.js";

/** Characters: our longest message is a list of continuations. */
const MESSAGE_LENGTH = 4_000;

interface ErrorContext extends Resuming {
  readonly recordOf: (state: ThoughtState) => RoutingRecord;
  readonly secrets: () => Secrets;
}

/**
 * The error that callers see: what went wrong, whose fault it was, and everything that had been thought.
 *
 * @param about.recordOf - the routing record of a state
 * @param about.secrets - what it may not quote: some errors carry a model's own words
 */
export function toPublicError(
  error: unknown,
  signal: AbortSignal | undefined,
  context: ErrorContext,
): GlimpRouterError {
  const failed = failureOf(error);
  const { role } = failed;
  const hidden = context.secrets();
  // Whatever a request made of an abort: callers look for the abort's own name.
  const thrown = signal?.aborted ? signal.reason : failed.cause;
  const cause = signal?.aborted ? thrown : showableCause(thrown, hidden);
  const about = { ...(role === null ? {} : { role }), ...whatIsLeft(failed, context), cause };
  // Ours quotes safely already, and our own words are no secrets, even where a header says "small".
  const message = showable(
    thrown instanceof Error ? thrown.message : String(thrown),
    GlimpRouterError.isInstance(thrown) ? [] : hidden,
    MESSAGE_LENGTH,
  );
  if (signal?.aborted) return new GlimpRouterError(message, { ...about, reason: "aborted" });
  if (GlimpRouterError.isInstance(thrown)) {
    const { reason, status } = thrown;
    return new GlimpRouterError(message, { role: thrown.role, ...about, reason, status });
  }
  if (thrown instanceof RouteError) {
    return new GlimpRouterError(message, { ...about, reason: thrown.reason });
  }
  const who = role === null ? "A model" : `The ${role} model`;
  const { status } = (cause ?? {}) as { status?: unknown };
  return new GlimpRouterError(`${who} failed: ${message}`, {
    ...about,
    reason: ContextOverflowError.isInstance(thrown) ? "context" : "server",
    status: typeof status === "number" ? status : undefined,
  });
}

function failureOf(error: unknown): Pick<ThoughtError, "role" | "state" | "left" | "cause"> {
  return error instanceof ThoughtError
    ? error
    : { role: null, state: null, left: null, cause: error };
}

/** The thought so far, its record, and what goes on with it. */
function whatIsLeft(
  { state: failed, left }: Pick<ThoughtError, "state" | "left">,
  { recordOf, resumed, resumeOf }: ErrorContext,
): Partial<GlimpRouterErrorFields> {
  const state = failed ?? resumed;
  if (state === undefined) return {};
  const resume = () => resumeOf?.(left ?? state);
  return { thought: thoughtText(state), routing: recordOf(state), resume };
}
