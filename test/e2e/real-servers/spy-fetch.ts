/** One request that a model sent. */
interface SentRequest {
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SpyFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly sent: SentRequest[];
}

/**
 * The real `fetch`, which notes what is sent through it.
 *
 * @param onAbort - hears of each request in the moment in which it is given up
 */
export function spyFetch(onAbort: () => void = () => {}): SpyFetch {
  const sent: SentRequest[] = [];
  return {
    sent,
    fetch: (input, init) => {
      const body = typeof init?.body === "string" ? JSON.parse(init.body) : {};
      sent.push({ url: String(input), body });
      init?.signal?.addEventListener("abort", onAbort, { once: true });
      return fetch(input, init);
    },
  };
}
