import { timesCut } from "./cut.js";
import type { Role } from "./step-writer.js";
import type { ThoughtState } from "./thought-state.js";

/** Before the first retry, in milliseconds; twice as long before each further one, and up to as long again by chance. */
const FIRST_MS = 1_000;

/** How long LangChain's callers wait before the n-th retry, in milliseconds. */
export function backoffMs(retry: number, chance = Math.random()): number {
  return Math.round((1 + chance) * FIRST_MS * 2 ** (retry - 1));
}

/** Before a stream of a role's is opened again, counted over the reply. */
export function backoffOf({ retries }: ThoughtState, role: Role): number {
  return backoffMs(timesCut(retries, role));
}

/**
 * Waits. Holds nothing: no slot, no connection, and behind it neither timer nor listener.
 *
 * @throws the signal's reason where it aborts
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = (): void => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}
