import type { ModelCaller, OpenAIAccess } from "./openai-client.js";
import { stateOf } from "./server-state.js";

/** What LangChain's caller keeps of the calls under way, and of those that wait. */
interface CallQueue {
  readonly pending: number;
  readonly size: number;
}

/** Of callers with a limit: who holds a slot that nobody else needed. */
const spares = new WeakMap<ModelCaller, Set<() => void>>();

/** A way to the server for a request that may as well be left out. */
export interface SpareSlot {
  readonly access: OpenAIAccess;
  /** Gives the slot back. */
  free(): void;
}

/**
 * A slot of the user's limit of calls at once (`maxConcurrency`) for a request that nobody waits for: where another slot
 * stays free behind it. It is not waited for, the request is tried once, and it is given up when somebody needs the slot.
 *
 * @param giveUp - called when somebody does
 * @returns `null` where there is none to spare
 */
export function spareSlot(access: OpenAIAccess, giveUp: () => void): SpareSlot | null {
  const { caller } = access;
  const { maxConcurrency = Number.POSITIVE_INFINITY } = caller;
  // The one request that finds out whether a server is back must not be one that is left.
  if (stateOf(caller).state !== "closed") return null;
  if (maxConcurrency === Number.POSITIVE_INFINITY) {
    return { access: { ...access, caller: tryingOnce(caller) }, free: () => undefined };
  }
  const queue = queueOf(caller);
  if (queue === null || queue.size > 0 || queue.pending + 2 > maxConcurrency) return null;
  const holders = spares.get(caller) ?? new Set();
  spares.set(caller, holders);
  holders.add(giveUp);
  return {
    access: { ...access, caller: tryingOnce(caller) },
    free: () => holders.delete(giveUp),
  };
}

/** A request is about to be made: where it would have to wait, whoever holds a spare slot gives it up. */
export function makeRoom(caller: ModelCaller): void {
  const holders = spares.get(caller);
  if (holders === undefined || holders.size === 0) return;
  const queue = queueOf(caller);
  const { maxConcurrency = Number.POSITIVE_INFINITY } = caller;
  if (queue !== null && queue.pending < maxConcurrency) return;
  for (const giveUp of [...holders]) giveUp();
}

function tryingOnce(caller: ModelCaller): ModelCaller {
  return {
    maxRetries: 0,
    of: caller,
    callWithOptions: (options, send) => caller.callWithOptions(options, send),
  };
}

/** It is no part of LangChain's types; another caller may have none. */
function queueOf(caller: ModelCaller): CallQueue | null {
  const { queue } = caller as { readonly queue?: Partial<CallQueue> };
  const { pending, size } = queue ?? {};
  return typeof pending === "number" && typeof size === "number" ? { pending, size } : null;
}
