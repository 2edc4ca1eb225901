/** What Ollama says when it refuses: `{ error: "..." }`, in which `llama-server`'s own error may stand as JSON. */
export class OllamaRefusal extends Error {
  override readonly name = "OllamaRefusal";
  readonly status: number;
  readonly headers: Headers | undefined;
  /** In the form of OpenAI's errors, which the messages of this package are made from. */
  readonly error: { readonly message: string } | undefined;

  constructor(status: number, body: unknown, headers?: Headers) {
    const said = wordsOf(body);
    super(`${status} ${said ?? plain(body)}`);
    this.status = status;
    this.headers = headers;
    this.error = said === null ? undefined : { message: said };
  }
}

/** An error of another client's, or one in a stream, as if it had come by ours. Errors without such words stay. */
export function toRefusal(error: unknown): unknown {
  if (error instanceof OllamaRefusal || !(error instanceof Error)) return error;
  const {
    status,
    error: said,
    headers,
  } = error as {
    status?: unknown;
    error?: unknown;
    headers?: unknown;
  };
  // The OpenAI SDK has taken the outermost shell off.
  const body = { error: said };
  const { words, status: told } = innermost(body);
  if (words === null) return error;
  const code = typeof status === "number" ? status : (told ?? 500);
  return new OllamaRefusal(code, body, headers instanceof Headers ? headers : undefined);
}

/** The words in a body, however deep they stand; `null` where there are none of Ollama's. */
function wordsOf(body: unknown): string | null {
  return innermost(body).words;
}

interface Told {
  readonly words: string | null;
  readonly status: number | null;
}

const NOTHING: Told = { words: null, status: null };

const DEEPEST = 5;

/** Bodies stand in bodies: JSON in a text, `{ error }`, `{ error: { code, message } }`. */
function innermost(body: unknown, depth = 0): Told {
  if (depth > DEEPEST) return NOTHING;
  if (typeof body === "string") {
    const inner = parsed(body);
    if (inner !== null) return innermost(inner, depth + 1);
    // A bare text is a page of somebody else's.
    return depth === 0 ? NOTHING : { words: body.trim(), status: null };
  }
  const { error, message, code } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const inner = error === undefined || error === null ? NOTHING : innermost(error, depth + 1);
  return {
    words: inner.words ?? (typeof message === "string" ? message : null),
    status: inner.status ?? (typeof code === "number" ? code : null),
  };
}

/** JSON of an object, else `null`. */
function parsed(text: string): object | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function plain(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}
