/** One signal for several reasons to stop. */
export interface LinkedSignals {
  readonly signal: AbortSignal | undefined;
  /** A caller's signal may live for ever: it must not collect a listener for each reply. */
  unlink(): void;
}

/** Aborts with whichever of the signals does so first. */
export function linkSignals(...given: readonly (AbortSignal | undefined)[]): LinkedSignals {
  const signals = given.filter((signal) => signal !== undefined);
  if (signals.length < 2) return { signal: signals[0], unlink: () => undefined };
  const own = new AbortController();
  const unlinks = signals.map((signal) => {
    const follow = () => own.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    return () => signal.removeEventListener("abort", follow);
  });
  return {
    signal: own.signal,
    unlink: () => {
      for (const unlink of unlinks) unlink();
    },
  };
}
