/** The most characters of a server's words that are looked at. */
const LOOKED_AT = 2000;

const QUOTA = /quota|billing|credit/i;
const HINT = /try again in|retry after/i;

/**
 * Status 429 that does not say when to come back. LangChain's callers give up on it at once; hidden behind an
 * error without a status it is tried again after a while, as status 503 is, within the model's `maxRetries`.
 */
export class RateLimited extends Error {
  override readonly name = "RateLimited";
  /** The error that the retries end in. */
  readonly answer: unknown;

  constructor(answer: unknown) {
    super("Too many requests");
    this.answer = answer;
  }
}

export function isPlainRateLimit(error: unknown): boolean {
  const { status, headers } = (error ?? {}) as { status?: unknown; headers?: Headers };
  if (status !== 429 || says(error, QUOTA) || says(error, HINT)) return false;
  return typeof headers?.get !== "function" || headers.get("retry-after") === null;
}

/** What to do where retries have not got over it. */
export function rateLimitRemedy(error: unknown): string {
  return says(error, QUOTA)
    ? "Check the account: its quota is spent, and another try will not help."
    : "Set the model's `maxRetries` higher, or its `maxConcurrency` lower: requests are limited there.";
}

function says(error: unknown, words: RegExp): boolean {
  const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
  return [message, code].some(
    (said) => typeof said === "string" && words.test(said.slice(0, LOOKED_AT)),
  );
}
