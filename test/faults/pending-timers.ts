import { AsyncLocalStorage } from "node:async_hooks";

type Timer = ReturnType<typeof setTimeout>;

/** Timers that were set in one piece of work, and neither fired nor were cleared. */
type Pending = Set<Timer>;

const CURRENT = new AsyncLocalStorage<Pending>();

/**
 * From now on it is known who has set a timer.
 *
 * @returns ends that
 */
export function watchTimers(): () => void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const owners = new WeakMap<object, Pending>();
  const forget = (timer: Timer) => owners.get(timer)?.delete(timer);
  const watched = (act: (...given: unknown[]) => void, ms?: number, ...given: unknown[]): Timer => {
    const timer: Timer = set(() => {
      forget(timer);
      act(...given);
    }, ms);
    const pending = CURRENT.getStore();
    pending?.add(timer);
    if (pending !== undefined) owners.set(timer, pending);
    return timer;
  };
  const cleared = (timer?: Timer | string | number): void => {
    if (typeof timer === "object") forget(timer);
    clear(timer);
  };
  Object.assign(globalThis, { setTimeout: watched, clearTimeout: cleared });
  return () => Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
}

/** Does a piece of work, and gives the timers that it leaves. */
export async function leavingTimers<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly pending: Pending }> {
  const pending: Pending = new Set();
  return { result: await CURRENT.run(pending, work), pending };
}
