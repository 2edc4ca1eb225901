/** The HTTP status that an error's code is; `null` where it is none. LiteLLM writes it as a text. */
export function statusOfCode(code: unknown): number | null {
  if (typeof code === "number") return code;
  return typeof code === "string" && /^[45]\d\d$/.test(code) ? Number(code) : null;
}

/** An error that a server tells in a reply, or in a stream, that began with HTTP 200. */
export class ToldError extends Error {
  override readonly name = "ToldError";
  readonly code: unknown;
  /** The object as the server sent it. */
  readonly error: unknown;

  constructor(error: unknown) {
    const { message, code } = (error ?? {}) as { message?: unknown; code?: unknown };
    super(typeof message === "string" ? message : JSON.stringify(error));
    this.code = code;
    this.error = error;
  }
}

/** `{ error }`, or `{ object: "error", message }` as SGLang and older vLLM have it; `null` where it is none. */
export function toldError(reply: unknown): ToldError | null {
  const { error, object } = (reply ?? {}) as { error?: unknown; object?: unknown };
  if (error) return new ToldError(error);
  return object === "error" ? new ToldError(reply) : null;
}
