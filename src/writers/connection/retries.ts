import { backoffMs, pause } from "../../router/backoff.js";
import { tellQueued } from "../../router/queued-request.js";
import { withBreaker } from "./circuit-breaker.js";
import type { OpenAIAccess } from "./openai-client.js";
import { isPlainRateLimit, RateLimited } from "./rate-limit.js";
import { outageOf } from "./server-error.js";
import { ServerIsOut } from "./server-is-out.js";
import { makeRoom } from "./spare-slot.js";

/** LangChain's own default. */
const USUAL_RETRIES = 6;

/** How often a model may be asked again, as its user has set it. */
export function retriesOf({ caller }: Pick<OpenAIAccess, "caller">): number {
  return caller.maxRetries ?? USUAL_RETRIES;
}

type Outcome<Result> = { readonly value: Result } | { readonly error: unknown };

/**
 * Makes an attempt with the user's retries and within the user's limit of calls at once. LangChain's caller gives the
 * slot, and says what is not worth another try; the waiting between two tries is ours, since its own holds the slot
 * meanwhile, and hears of no abort.
 *
 * The first time that a connection dies before the first byte it is tried again at once: llama.cpp closes a kept-alive
 * connection after each stream, and a request that is sent at once can meet the closing socket. Safe, since nothing
 * of a reply had come; needed also where the user set `maxRetries: 0`. It is one of the retries where there are any.
 */
export async function withRetries<Result>(
  access: OpenAIAccess,
  attempt: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const most = retriesOf(access);
  let isOnceMore = false;
  for (let retry = 1; ; retry++) {
    const outcome = await attemptInSlot(access, attempt, signal);
    if ("value" in outcome) return outcome.value;
    const { error } = outcome;
    // By its name nobody tries it again. Nobody hears it either: the abort is told.
    if (signal?.aborted) throw aborted(signal.reason);
    const isAtOnce: boolean = !isOnceMore && connectionDied(error);
    isOnceMore ||= isAtOnce;
    if (isAtOnce) continue;
    await refuseHopeless(access, error);
    if (retry > most) throw error;
    await pause(Math.max(backoffMs(retry), retryAfterMs(error)), signal);
  }
}

async function attemptInSlot<Result>(
  { caller }: OpenAIAccess,
  attempt: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Outcome<Result>> {
  tellQueued(signal, true);
  makeRoom(caller);
  let failure: { readonly error: unknown } | null = null;
  // What succeeds goes through the caller as it is; what fails goes around it, since it would try again by itself.
  const value = await caller.callWithOptions(signal === undefined ? {} : { signal }, async () => {
    try {
      signal?.throwIfAborted();
      tellQueued(signal, false);
      return await withBreaker(caller.of ?? caller, attempt, isServerOut, signal);
    } catch (error) {
      tellQueued(signal, true);
      failure = { error };
      return undefined;
    }
  });
  return failure ?? { value: value as Result };
}

/** @throws what LangChain (or the user's own `onFailedAttempt`) makes of an error that is not worth another try */
async function refuseHopeless({ caller }: OpenAIAccess, error: unknown): Promise<void> {
  // A mistake of somebody's, and none of the connection's: the client wraps those.
  if (error instanceof TypeError) throw error;
  // No try that anybody could judge: it was not made.
  if (error instanceof ServerIsOut) return;
  try {
    await caller.onFailedAttempt?.(isPlainRateLimit(error) ? new RateLimited(error) : error);
  } catch (refusal) {
    throw refusal instanceof RateLimited ? refusal.answer : refusal;
  }
}

/** A limit is none: it is the server that sets it, and says when to come back. */
export function isServerOut(error: unknown): boolean {
  const outage = outageOf(error);
  return outage !== null && outage !== "rate-limit";
}

/** As LangChain has read it off the answer. */
function retryAfterMs(error: unknown): number {
  const { retryAfterMs: told } = (error ?? {}) as { retryAfterMs?: unknown };
  return typeof told === "number" && told > 0 ? told : 0;
}

const DEAD_SOCKET_CODES: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);
const DEAD_SOCKET_WORDS = /other side closed|socket hang up|network connection lost/i;

/** A connection that was there and is gone; not one that was refused, timed out, or got an answer. */
export function connectionDied(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
    const { code, status } = cause as { code?: unknown; status?: unknown };
    if (typeof status === "number") return false;
    if (DEAD_SOCKET_CODES.has(code) || DEAD_SOCKET_WORDS.test(cause.message)) return true;
    cause = cause.cause;
  }
  return false;
}

/** What an aborted signal was aborted with, as an error named so that nobody retries it. */
export function abortError(signal: AbortSignal): unknown {
  const { reason } = signal;
  if (reason instanceof Error && /^(AbortError|TimeoutError)$/.test(reason.name)) return reason;
  return aborted(reason);
}

function aborted(cause: unknown): Error {
  return Object.assign(new Error("The request was aborted.", { cause }), { name: "AbortError" });
}
