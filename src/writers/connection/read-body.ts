/** The most bytes that are read of a body that is only quoted. */
export const QUOTED_BYTES = 65_536;

/** The most bytes that one reply, or one event of a stream, may have. */
export const MOST_BYTES = 16 * 1_048_576;

/** A reply that is larger than any that makes sense: it may have no end. */
export class OversizedReply extends Error {
  override readonly name = "OversizedReply";

  constructor(what: string) {
    super(`${what} of more than ${MOST_BYTES / 1_048_576} MB`);
  }
}

/**
 * A whole reply whose connection broke in the middle of it, or that says it is JSON and is none: an end in the middle
 * looks like that, too.
 */
export class BrokenReply extends Error {
  override readonly name = "BrokenReply";
}

export interface Body {
  next(): Promise<{ readonly done?: boolean; readonly value?: Uint8Array | undefined }>;
  /** Breaks the connection off. */
  close(): void;
}

/** A stream of the web's, or of Node's where the user's `fetch` is an older package. */
export function openBody({ body }: Response): Body {
  if (typeof body?.getReader === "function") {
    const reader = body.getReader();
    return { next: () => reader.read(), close: () => void reader.cancel().catch(() => undefined) };
  }
  const stream = body as (AsyncIterable<Uint8Array> & { destroy?(): void }) | null;
  const bytes = stream?.[Symbol.asyncIterator]();
  return {
    next: async () => (await bytes?.next()) ?? { done: true },
    close: () => {
      stream?.destroy?.();
      bytes?.return?.().catch(() => undefined);
    },
  };
}

/**
 * The text of a body.
 *
 * @param limit - bytes; what is behind them is not read, and the connection broken off
 */
export async function readText(
  response: Response,
  limit: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const body = openBody(response);
  const decoder = new TextDecoder();
  let text = "";
  let isOver = false;
  try {
    for (let bytes = 0; bytes <= limit; ) {
      const { done, value } = await body.next();
      isOver = done === true;
      if (isOver) return { text: text + decoder.decode(), isWhole: true };
      bytes += value?.byteLength ?? 0;
      text += decoder.decode(value, { stream: true });
    }
    return { text, isWhole: false };
  } finally {
    if (!isOver) body.close();
  }
}
