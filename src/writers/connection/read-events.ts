import { createParser, type ParseError } from "eventsource-parser";
import { type Body, MOST_BYTES, OversizedReply, openBody } from "./read-body.js";
import { toldError } from "./told-error.js";
import { readEventJson } from "./unread-candidates.js";
import { Utf8Pieces } from "./utf8-pieces.js";

/** The connection ended in the middle of a stream. Whatever the runtime calls it: the stream was cut. */
export class BrokenStream extends Error {
  override readonly name = "BrokenStream";
}

/**
 * The JSON of each server-sent event of a reply, up to `[DONE]`; candidates of tokens are still unread
 * (`candidatesIn`); `{}` for a piece of the body that holds keep-alives alone. The OpenAI SDK has such a reader, too; it takes more CPU time for a token than all the rest
 * of us, and prints JSON that it cannot read to the console.
 *
 * @throws SyntaxError on an event that is no JSON
 * @throws BrokenStream where the connection ends before the stream does
 * @throws OversizedReply on an event without end
 * @throws Error on an error object, with the server's words
 */
export async function* readEvents(response: Response): AsyncGenerator<unknown, void, void> {
  const arrived: string[] = [];
  let isAlive = false;
  const parser = createParser({
    maxBufferSize: MOST_BYTES,
    onEvent: ({ data }) => arrived.push(data),
    onComment: () => {
      isAlive = true;
    },
    onError: refuseOversized,
  });
  const decoder = new Utf8Pieces();
  const body = openBody(response);
  let isOver = false;
  try {
    while (!isOver) {
      const { done, value } = await nextOf(body);
      isOver = done === true;
      // An event that its blank line never ended was cut: the stream then has no end either, which is told.
      if (!isOver) parser.feed(decoder.decode(value));
      // Keep-alives (comments) and nothing else: an event that says nothing, so that somebody counts it.
      if (isAlive && arrived.length === 0) yield {};
      isAlive = false;
      for (const data of arrived.splice(0)) {
        if (data.startsWith("[DONE]")) {
          void readRest(body);
          isOver = true;
          return;
        }
        yield readJson(data);
      }
    }
  } finally {
    if (!isOver) body.close();
  }
}

/** Runtimes differ: a body that was not ended in order is an error to some, and over to others. */
export async function nextOf(body: Body): ReturnType<Body["next"]> {
  try {
    return await body.next();
  } catch (cause) {
    const { message } = cause instanceof Error ? cause : new Error(String(cause));
    throw new BrokenStream(message, { cause });
  }
}

/** Other lines that are no events are left out, as the standard wants it. */
function refuseOversized({ type }: ParseError): void {
  if (type === "max-buffer-size-exceeded") throw new OversizedReply("an event");
}

/** @throws Error on an error object, with the server's words */
export function readJson(data: string): unknown {
  const event: unknown = readEventJson(data);
  const error = toldError(event);
  if (error !== null) throw error;
  return event;
}

/** How long a server may take to end a body whose last event has come, in ms. */
const LINGER_MS = 250;
/** The most bytes that it may still send. */
const LINGER_BYTES = 65_536;

/**
 * Reads a body to its end, without which the connection could not be used again. Nobody waits for it: some
 * gateways keep a finished stream open for seconds, some for ever. Such a connection is given up.
 */
export async function readRest(body: Body): Promise<void> {
  const timer: unknown = setTimeout(body.close, LINGER_MS);
  // Node would stay alive for it.
  (timer as { unref?(): void }).unref?.();
  try {
    for (let bytes = 0; bytes <= LINGER_BYTES; ) {
      const { done, value } = await body.next();
      if (done === true) return;
      bytes += value?.byteLength ?? 0;
    }
    body.close();
  } catch {
    // Broken off, by the server or by us: nothing is left to be read.
  } finally {
    clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
  }
}
