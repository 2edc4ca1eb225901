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
export function dataEvent(json: string): string {
  return `data: ${json}\n\n`;
}

const DONE = dataEvent("[DONE]");

/** What a stream is told to its reader's end. */
interface StreamEnds {
  /** Its reader left. */
  readonly onLeft: (reason: unknown) => void;
}

/**
 * A body of server-sent events, made as fast as they are read. What comes in one turn of the event loop goes out as one piece of bytes,
 * of whole events, so that no character is cut. Where the events fail, the last one is the error, without `[DONE]`:
 * nobody takes a stump for a reply.
 */
export function eventStream(
  events: AsyncGenerator<string, void, void>,
  { onLeft }: StreamEnds,
): ReadableStream<Uint8Array> {
  const pump = new EventPump(events);
  return new ReadableStream<Uint8Array>({
    start: (controller) => pump.start(controller),
    pull: () => pump.goOn(),
    cancel: async (reason) => {
      onLeft(reason);
      pump.goOn();
      // It waits for what is being read, which the abort ends.
      await events.return(undefined).catch(() => undefined);
    },
  });
}

/** Characters that wait for the end of the turn, at most. */
const MOST_WAITING = 16_384;

const encoder = new TextEncoder();

/** Where there is none, a timer is as near as one gets to the end of a turn. */
const atEndOfTurn: (then: () => void) => unknown = globalThis.setImmediate ?? setTimeout;

/** Reads events as long as somebody wants them: each piece of bytes has its price, on the way to a socket and behind it. */
class EventPump {
  readonly #events: AsyncGenerator<string, void, void>;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #waiting = "";
  #wanted: (() => void) | null = null;

  constructor(events: AsyncGenerator<string, void, void>) {
    this.#events = events;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    void this.#run(controller);
  }

  goOn(): void {
    this.#wanted?.();
    this.#wanted = null;
  }

  async #run(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      for (let item = await this.#events.next(); !item.done; item = await this.#events.next()) {
        this.#add(item.value);
        // Nobody reads: nothing more is asked of the models.
        if ((controller.desiredSize ?? 0) <= 0) await this.#whenWanted();
      }
      this.#end(DONE);
    } catch (error) {
      this.#end(dataEvent(JSON.stringify(toApiError(error).body)));
    }
  }

  #add(events: string): void {
    if (this.#waiting === "") atEndOfTurn(this.#flush);
    this.#waiting += events;
    if (this.#waiting.length >= MOST_WAITING) this.#flush();
  }

  readonly #flush = (): void => {
    const events = this.#waiting;
    if (events === "") return;
    this.#waiting = "";
    try {
      this.#controller?.enqueue(encoder.encode(events));
    } catch {
      // Its reader has left meanwhile.
    }
  };

  #end(last: string): void {
    this.#waiting += last;
    this.#flush();
    try {
      this.#controller?.close();
    } catch {
      // Likewise.
    }
  }

  #whenWanted(): Promise<void> {
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }
}
