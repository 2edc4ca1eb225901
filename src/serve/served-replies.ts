import { linkSignals } from "../core/linked-signals.js";
import type { RoutingRecord } from "../router/route-trace.js";
import { type ApiError, goingDown, gone, toApiError } from "./api-error.js";
import { type Place, Queue } from "./gate/queue.js";
import type { ModelCall, ServedModels } from "./models/served-models.js";
import { EVENT_STREAM_HEADERS, eventStream } from "./reply/event-stream.js";
import { replyHead } from "./reply/reply-head.js";
import type { ReplyPiece } from "./reply/reply-piece.js";
import { ChunksWriter } from "./reply/to-chunks.js";
import { toPieces } from "./reply/to-pieces.js";
import { whileWaiting } from "./reply/waiting.js";
import { WholeReply } from "./reply/whole-reply.js";
import type { ChatRequest } from "./request/read-request.js";
import { toMessages } from "./request/to-messages.js";
import type { Served } from "./serve-options.js";

type Pieces = AsyncGenerator<ReplyPiece, void, void>;

/** Writes replies: so many at once, each until it ends or its client leaves. */
export class ServedReplies {
  readonly #served: Served;
  readonly #models: ServedModels;
  readonly #queue: Queue;

  constructor(served: Served, models: ServedModels) {
    this.#served = served;
    this.#models = models;
    this.#queue = new Queue(served.limits);
  }

  /**
   * @param from - its signal is aborted where the client leaves
   * @throws ApiError for everything that fails before the first piece
   */
  async answer(request: ChatRequest, from: Request): Promise<Response> {
    const run = new ReplyRun(request, from, this.#served);
    try {
      const call = this.#models.callFor(request);
      const entered = this.#queue.enterAtOnce();
      const place = entered === null ? null : run.hold(entered);
      if (request.stream !== true) return await this.#whole(run, call, place);
      if (place !== null) return await this.#stream(run, call, place);
      // The queue may be full: that has a status.
      const waiting = this.#queue.wait(run.signal).then((late) => run.hold(late));
      return run.eventResponse(call, queuedEvents(run, call, waiting));
    } catch (error) {
      throw run.failed(error);
    }
  }

  async #whole(run: ReplyRun, call: ModelCall, entered: Place | null): Promise<Response> {
    const place = entered ?? run.hold(await this.#queue.wait(run.signal));
    try {
      const whole = new WholeReply(this.#served.reasoningField);
      for await (const piece of run.pieces(call)) {
        whole.add(piece);
        if (piece.type !== "end") continue;
        const body = whole.finish(replyHead(run.request.model), piece);
        run.ended(piece.routing);
        return Response.json(body, { headers: call.headers });
      }
      throw new Error("Pieces ended without an end.");
    } finally {
      place.leave();
    }
  }

  /** The first piece is waited for: until then a failure has a status. */
  async #stream(run: ReplyRun, call: ModelCall, place: Place): Promise<Response> {
    const pieces = run.pieces(call);
    try {
      const first = await pieces.next();
      return run.eventResponse(call, run.events(first, pieces, place));
    } catch (error) {
      place.leave();
      throw error;
    }
  }
}

async function* queuedEvents(
  run: ReplyRun,
  call: ModelCall,
  waiting: Promise<Place>,
): AsyncGenerator<string, void, void> {
  let place: Place;
  try {
    place = yield* whileWaiting(waiting);
  } catch (error) {
    throw run.failed(error);
  }
  const pieces = run.pieces(call);
  let first: IteratorResult<ReplyPiece, void>;
  try {
    first = await pieces.next();
  } catch (error) {
    place.leave();
    throw run.failed(error);
  }
  yield* run.events(first, pieces, place);
}

/** One request's way, told once when it is over. */
class ReplyRun {
  readonly request: ChatRequest;
  readonly signal: AbortSignal;
  readonly #served: Served;
  /** Node's signal of a request is dead once the request itself was collected: it is kept as long as its reply. */
  readonly from: Request;
  readonly #gone = new AbortController();
  readonly #unlink: () => void;
  readonly #since = performance.now();
  #isTold = false;

  constructor(request: ChatRequest, from: Request, served: Served) {
    this.request = request;
    this.from = from;
    this.#served = served;
    const { signal, unlink } = linkSignals(from.signal, this.#gone.signal, served.closing);
    this.signal = signal;
    this.#unlink = unlink;
    // Whoever is left in mid-stream is not read to its end.
    signal.addEventListener("abort", () => this.#leftAlone(), { once: true });
  }

  /** Called by an event, which has nobody to throw to: a hook that fails would end the process. */
  #leftAlone(): void {
    try {
      this.failed(gone());
    } catch {
      // Whoever would be told of it has left.
    }
  }

  /** A place that is given back when the client leaves, though nobody reads the reply any more. */
  hold(place: Place): Place {
    if (this.signal.aborted) place.leave();
    else this.signal.addEventListener("abort", place.leave, { once: true });
    return place;
  }

  pieces(call: ModelCall): Pieces {
    const messages = toMessages(this.request.messages);
    const events = call.isRouted && this.request.glimprouter?.events === true;
    return toPieces(call, messages, { events, signal: this.signal });
  }

  async *events(
    first: IteratorResult<ReplyPiece, void>,
    pieces: Pieces,
    place: Place,
  ): AsyncGenerator<string, void, void> {
    const { reasoningField } = this.#served;
    const includeUsage = this.request.stream_options?.include_usage === true;
    const chunks = new ChunksWriter(replyHead(this.request.model), {
      reasoningField,
      includeUsage,
    });
    try {
      yield chunks.first();
      for (let item = first; item.done !== true; item = await pieces.next()) {
        const events = chunks.eventsOf(item.value);
        if (events !== "") yield events;
        if (item.value.type === "end") this.ended(item.value.routing);
      }
    } catch (error) {
      throw this.failed(error);
    } finally {
      place.leave();
      // Only a reader that has left comes here untold.
      if (!this.#isTold) this.failed(gone());
      await pieces.return(undefined);
    }
  }

  eventResponse(call: ModelCall, events: AsyncGenerator<string, void, void>): Response {
    const body = eventStream(events, { onLeft: (reason) => this.#gone.abort(reason) });
    return new Response(body, { headers: { ...EVENT_STREAM_HEADERS, ...call.headers } });
  }

  ended(routing: RoutingRecord | null): void {
    this.#tell(200, routing);
  }

  /** The error as the client is told of it. */
  failed(error: unknown): ApiError {
    const told = this.#ended() ?? toApiError(error);
    this.#tell(told.status, null, told.message);
    return told;
  }

  /** By whom, where it was ended: whatever fails then fails for that. */
  #ended(): ApiError | null {
    if (this.#served.closing?.aborted) return goingDown();
    return this.signal.aborted ? gone() : null;
  }

  #tell(status: number, routing: RoutingRecord | null, failure: string | null = null): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#unlink();
    const { model } = this.request;
    const ms = performance.now() - this.#since;
    this.#served.onReply?.({ model, status, ms, routing, failure });
  }
}
