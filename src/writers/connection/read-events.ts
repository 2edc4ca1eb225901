import { createParser } from "eventsource-parser";

/** An error object inside a stream that began with HTTP 200. */
class StreamedError extends Error {
  override readonly name = "StreamedError";
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

/**
 * The JSON of each server-sent event of a reply, up to `[DONE]`. It reads on to the end of the body, without
 * which the connection could not be used again. The OpenAI SDK has such a reader, too; it takes more CPU time
 * for a token than all the rest of us, and prints JSON that it cannot read to the console.
 *
 * @throws SyntaxError on an event that is no JSON
 * @throws StreamedError on an error object
 */
export async function* readEvents(response: Response): AsyncGenerator<unknown, void, void> {
  const arrived: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => arrived.push(data) });
  const decoder = new TextDecoder();
  const body = openBody(response);
  let [isOver, isDone] = [false, false];
  try {
    while (!isOver) {
      const { done, value } = await body.next();
      isOver = done === true;
      // An event that its blank line never ended was cut: the stream then has no end either, which is told.
      if (!isOver) parser.feed(decoder.decode(value, { stream: true }));
      for (const data of arrived.splice(0)) {
        isDone ||= data.startsWith("[DONE]");
        if (!isDone) yield readJson(data);
      }
    }
  } finally {
    if (!isOver) body.close();
  }
}

interface Body {
  next(): Promise<{ readonly done?: boolean; readonly value?: Uint8Array | undefined }>;
  /** Breaks the connection off. */
  close(): void;
}

/** A stream of the web's, or of Node's where the user's `fetch` is an older package. */
function openBody({ body }: Response): Body {
  if (typeof body?.getReader === "function") {
    const reader = body.getReader();
    return { next: () => reader.read(), close: () => void reader.cancel().catch(() => undefined) };
  }
  const bytes = (body as AsyncIterable<Uint8Array> | null)?.[Symbol.asyncIterator]();
  return {
    next: async () => (await bytes?.next()) ?? { done: true },
    close: () => void bytes?.return?.().catch(() => undefined),
  };
}

function readJson(data: string): unknown {
  const event: unknown = JSON.parse(data);
  const { error } = (event ?? {}) as { error?: unknown };
  if (error) throw new StreamedError(error);
  return event;
}
