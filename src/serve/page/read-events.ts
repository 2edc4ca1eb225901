/** A chunk of the stream, as far as the page reads it. */
export interface Chunk {
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string;
      readonly reasoning_content?: string;
      readonly reasoning?: string;
    };
  }[];
  /** A decision, a part's writer, or the record. */
  readonly glimprouter?: object;
  readonly error?: { readonly message: string };
}

/** A request that was refused. */
export class RefusedError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Asking {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly onChunk: (chunk: Chunk) => void;
  /** The server lets it wait. */
  readonly onWaiting: () => void;
}

/**
 * Asks the server that the page came from, and tells of each chunk.
 *
 * @throws RefusedError
 * @throws Error where the stream broke off
 */
export async function ask(
  body: object,
  { key, signal, onChunk, onWaiting }: Asking,
): Promise<void> {
  const response = await orElse(
    "The server cannot be reached.",
    fetch("v1/chat/completions", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key === "" ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      signal,
    }),
  );
  if (!response.ok || response.body === null) throw await refusalOf(response);
  // It is this server's own form: one line of JSON an event, comments while it lets one wait.
  let rest = "";
  for await (const text of textsOf(response.body)) {
    const events = (rest + text).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      if (event === "data: [DONE]") return;
      if (event.startsWith(":")) onWaiting();
      else onChunk(JSON.parse(event.slice("data: ".length)) as Chunk);
    }
  }
  throw new Error(BROKEN);
}

const BROKEN = "The reply broke off.";

/** Browsers tell of the network in words of their own. */
async function orElse<Value>(words: string, promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    throw error instanceof TypeError ? new Error(words, { cause: error }) : error;
  }
}

/** Not every browser can go through a stream as it is. */
async function* textsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await orElse(BROKEN, reader.read());
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    reader.releaseLock();
  }
}

async function refusalOf(response: Response): Promise<RefusedError> {
  const said = (await response.json().catch(() => ({}))) as Chunk;
  return new RefusedError(response.status, said.error?.message ?? `HTTP ${response.status}`);
}
