import { createHash, randomInt } from "node:crypto";

/** Whose cache requests met, in characters of their prompts. */
export interface Balancing {
  /** Generation requests of a chain that its model had been sent a part of before. */
  readonly continued: number;
  /** Characters that the model had been sent before, at whichever replica. */
  readonly repeated: number;
  /** Those of them that this very replica had been sent. */
  readonly known: number;
}

/**
 * A balancer inside the client: a `fetch` that sends each request on to one of several addresses. One in a process of
 * its own would take the CPU that is measured.
 *
 * @param from.header - names the chain of a request
 * @param from.sticky - a chain stays at one of them; else each request goes anywhere
 */
export function balancedFetch(from: {
  readonly replicas: readonly string[];
  readonly header: string;
  readonly sticky: boolean;
}): { readonly fetch: typeof fetch; balancing(): Balancing } {
  const { replicas, header, sticky } = from;
  /** The longest prompt of each chain and model, over all replicas and at each. */
  const longest = new Map<string, number>();
  const seen = { continued: 0, repeated: 0, known: 0 };
  const notice = (key: string, replica: number, length: number) => {
    const before = longest.get(key) ?? 0;
    const here = longest.get(`${key} ${replica}`) ?? 0;
    if (before > 0) seen.continued++;
    seen.repeated += Math.min(before, length);
    seen.known += Math.min(here, length);
    longest.set(key, Math.max(before, length));
    longest.set(`${key} ${replica}`, Math.max(here, length));
  };
  return {
    balancing: () => seen,
    fetch: (input, init) => {
      const url = new URL(String(input));
      const chain = new Headers(init?.headers).get(header) ?? "";
      const replica = sticky ? hash(chain) % replicas.length : randomInt(replicas.length);
      if (url.pathname === "/v1/completions") {
        const { model, prompt } = JSON.parse(String(init?.body)) as Record<string, string>;
        notice(`${chain} ${model}`, replica, prompt?.length ?? 0);
      }
      return fetch(new URL(url.pathname, replicas[replica]), init);
    },
  };
}

function hash(text: string): number {
  return createHash("md5").update(text).digest().readUInt32BE();
}
