/** What one of the sources has come to. */
interface Arrived<T> {
  readonly source: AsyncGenerator<T, void, void>;
  readonly result: IteratorResult<T, void>;
}

/**
 * Reads several sources at once, at most `limit` of them, and yields what comes as it comes. Where one fails, or the
 * reader leaves, the others are left, too.
 *
 * @param leave - ends what the others wait for: a generator that waits cannot be left before
 */
export async function* mergeBounded<T>(
  sources: Iterable<AsyncGenerator<T, void, void>>,
  limit: number,
  leave: () => void,
): AsyncGenerator<T, void, void> {
  const iterator = sources[Symbol.iterator]();
  const open = new Map<AsyncGenerator<T, void, void>, Promise<Arrived<T>>>();
  const read = (source: AsyncGenerator<T, void, void>) => {
    const arrived = source.next().then((result) => ({ source, result }));
    // Where another one fails first, nobody waits for this one any more.
    arrived.catch(() => undefined);
    open.set(source, arrived);
  };
  try {
    for (;;) {
      while (open.size < limit) {
        const next = iterator.next();
        if (next.done === true) break;
        read(next.value);
      }
      if (open.size === 0) return;
      const { source, result } = await Promise.race(open.values());
      open.delete(source);
      if (result.done === true) continue;
      read(source);
      yield result.value;
    }
  } finally {
    if (open.size > 0) leave();
    await Promise.allSettled([...open.keys()].map((source) => source.return()));
  }
}
