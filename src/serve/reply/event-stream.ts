import { toApiError } from "../api-error.js";

export const EVENT_STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  // nginx would hold events back until its buffer is full.
  "x-accel-buffering": "no",
};

/** A comment: nothing to a client, a sign of life to proxies. */
export const KEEP_ALIVE = ": keep-alive\n\n";

/** One JSON an event, and `data:` alone: SDKs take a named event for a chunk without choices. */
export function dataEvent(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

const DONE = "data: [DONE]\n\n";

/** What a stream is told to its reader's end. */
interface StreamEnds {
  /** Its reader left. */
  readonly onLeft: (reason: unknown) => void;
}

/**
 * A body of server-sent events, made as fast as they are read. Each event is one piece of bytes, so that no character is cut.
 * Where the events fail, the last one is the error, without `[DONE]`: nobody takes a stump for a reply.
 */
export function eventStream(
  events: AsyncGenerator<string, void, void>,
  { onLeft }: StreamEnds,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await events.next();
        controller.enqueue(encoder.encode(done ? DONE : value));
        if (done) controller.close();
      } catch (error) {
        closeWith(controller, encoder.encode(dataEvent(toApiError(error).body)));
      }
    },
    cancel: async (reason) => {
      onLeft(reason);
      // It waits for what is being read, which the abort ends.
      await events.return(undefined).catch(() => undefined);
    },
  });
}

function closeWith(controller: ReadableStreamDefaultController<Uint8Array>, last: Uint8Array) {
  try {
    controller.enqueue(last);
    controller.close();
  } catch {
    // Its reader has left meanwhile.
  }
}
