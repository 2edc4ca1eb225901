/** What can go wrong with one request. */
export type Fault =
  /** A web page, status 200. */
  | "html"
  /** Status 500. */
  | "server-error"
  /** The connection ends before a byte of the reply. */
  | "close-before-first-byte"
  /** Headers, then the connection ends. */
  | "close-after-headers"
  /** The connection ends behind the first chunk. */
  | "cut"
  /** An error object in a stream that began with 200, behind the first chunk. */
  | "error-in-stream"
  /** The stream ends in order, but says no finish_reason. */
  | "no-finish"
  /** finish_reason is "abort": the engine gave up. */
  | "finish-abort"
  /** Log-probabilities are left out, silently. */
  | "no-logprobs";

/** Faults that wait for requests. */
export class Faults<Kind extends string> {
  readonly #waiting: { fault: Kind; path: string | undefined; times: number }[] = [];

  add(fault: Kind, { path, times = 1 }: { readonly path?: string; readonly times?: number }): void {
    this.#waiting.push({ fault, path, times });
  }

  /** The one for a request to `path`. */
  take(path: string): Kind | null {
    const next = this.#waiting.find((each) => each.times > 0 && (each.path ?? path) === path);
    if (next === undefined) return null;
    next.times--;
    return next.fault;
  }
}
