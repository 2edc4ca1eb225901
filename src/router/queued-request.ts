/** Who follows a request on its way through a queue, by the request's own signal: the one thing of the port that is no data. */
const followers = new WeakMap<AbortSignal, (isQueued: boolean) => void>();

/** Calls back when the request of this signal begins to wait (for a free slot, or before another try), and when it is sent. */
export function followQueued(signal: AbortSignal, follow: (isQueued: boolean) => void): void {
  followers.set(signal, follow);
}

/** At the request's end: the collector finds what hangs on a weak key only in its long pause. */
export function unfollowQueued(signal: AbortSignal): void {
  followers.delete(signal);
}

/** A writer says so of a request: while it waits on our side, its server's silence is none. */
export function tellQueued(signal: AbortSignal | undefined, isQueued: boolean): void {
  if (signal !== undefined) followers.get(signal)?.(isQueued);
}
