/** One signal for several reasons to stop. */
export interface LinkedSignals {
  readonly signal: AbortSignal;
  /** A caller's signal may live for ever: it must not collect a listener for each reply. */
  unlink(): void;
}

/** Aborts with whichever of the signals does so first. */
export function linkSignals(...given: readonly (AbortSignal | undefined)[]): LinkedSignals {
  const own = new AbortController();
  const unlinks = given
    .filter((signal) => signal !== undefined)
    .map((signal) => followSignal(signal, () => own.abort(signal.reason)));
  return {
    signal: own.signal,
    unlink: () => {
      for (const unlink of unlinks) unlink();
    },
  };
}

/** Who waits for one signal, and their one listener. */
interface Followers {
  readonly all: Set<() => void>;
  readonly listener: () => void;
}

const followed = new WeakMap<AbortSignal, Followers>();

/**
 * Calls back when a signal aborts, at once where it has. All that follow one signal share one listener, which goes
 * with the last of them: Node warns of a leak when an eleventh is added, and a batch has a hundred replies.
 *
 * @returns what ends it
 */
export function followSignal(signal: AbortSignal, onAbort: () => void): () => void {
  if (signal.aborted) {
    onAbort();
    return () => undefined;
  }
  const followers = followed.get(signal) ?? beginToListen(signal);
  // A follower of its own, though the same function may follow twice.
  const follower = () => onAbort();
  followers.all.add(follower);
  return () => {
    followers.all.delete(follower);
    if (followers.all.size > 0) return;
    signal.removeEventListener("abort", followers.listener);
    if (followed.get(signal) === followers) followed.delete(signal);
  };
}

function beginToListen(signal: AbortSignal): Followers {
  const all = new Set<() => void>();
  const listener = () => {
    for (const follower of [...all]) follower();
  };
  const followers = { all, listener };
  followed.set(signal, followers);
  signal.addEventListener("abort", listener, { once: true });
  return followers;
}
