import type { ServerResponse } from "node:http";
import type { ReplySink, Wire } from "../servers/http/wire.js";
import { type Cell, type Place, placeOf, writtenIn } from "./cell.js";
import type { Fault, Opening, Strike, StruckEvent } from "./fault.js";
import { ByteSink, EndSink, EventSink, struck } from "./sinks.js";

type Body = Readonly<Record<string, unknown>>;

const COMPLETIONS = "/v1/completions";
const CHAT = "/v1/chat/completions";
const RENDERING = "/tokenize";

interface Choice {
  readonly text?: string;
  readonly delta?: {
    readonly content?: string | null;
    readonly tool_calls?: readonly {
      readonly function: { readonly name?: string; readonly arguments: string };
    }[];
  };
}

const RESET: Strike = { write: "", next: "reset" };

/**
 * Lets one fault meet one server at the place that a cell names, and counts how often it did.
 *
 * What befalls the opening of a request can befall it in mid-step only where one is opened there: so a stream that
 * runs over the place is cut in it, once, and the request that goes on meets the fault.
 */
export class FaultyWire implements Wire {
  met = 0;
  cuts = 0;
  /** Nothing fails any more. */
  isMended = false;
  readonly #fault: Fault;
  readonly #cell: Cell;
  readonly #place: Place | null;
  readonly #elsewhere: string;

  /** @param elsewhere - the address of another server */
  constructor(fault: Fault, cell: Cell, elsewhere: string) {
    this.#fault = fault;
    this.#cell = cell;
    this.#place = placeOf(cell);
    this.#elsewhere = elsewhere;
  }

  /** The client's `fetch`; absent: the runtime's own. */
  get fetch(): typeof fetch | undefined {
    const fault = this.#fault;
    if (fault.way !== "address") return undefined;
    return (address, init) => {
      const url = new URL(String(address));
      const body = typeof init?.body === "string" ? JSON.parse(init.body) : {};
      const meets = this.#opensAt(url.pathname, body) && this.#strikes();
      return fetch(meets ? fault.addressOf(url) : url, init);
    };
  }

  sinkFor(
    { path, body }: { readonly path: string; readonly body: Body },
    response: ServerResponse,
  ): ReplySink | null {
    if (this.#place === null) return path === RENDERING ? this.#rendering(response) : response;
    if (path !== COMPLETIONS && path !== CHAT) return response;
    return this.#stream(body, this.#place, response);
  }

  #rendering(response: ServerResponse): ReplySink | null {
    const fault = this.#fault;
    if (fault.way === "opening") return this.#opening(fault.opening, response);
    if (fault.way === "bytes") {
      return this.#strikes() ? new ByteSink(response, fault.bytes) : response;
    }
    if (fault.way !== "event" || fault.rendering === undefined) return response;
    return this.#strikes() ? new EndSink(response, fault.rendering) : response;
  }

  #stream(body: Body, place: Place, response: ServerResponse): ReplySink | null {
    const fault = this.#fault;
    const from = writtenBefore(body);
    if (fault.way === "address" || fault.way === "opening") {
      if (!isSame(from, place)) return this.#atPlace(from, response, () => this.#cut());
      return fault.way === "opening" ? this.#opening(fault.opening, response) : response;
    }
    if (fault.way === "event") {
      const { strike } = fault;
      const strikeFor = (event: StruckEvent) => (this.#strikes() ? strike(event) : null);
      return this.#atPlace(from, response, strikeFor);
    }
    if (!covers(body, from, place) || !this.#strikes()) return response;
    return fault.way === "bytes"
      ? new ByteSink(response, fault.bytes)
      : new EndSink(response, (done) => ({ write: fault.write + done, next: "go on" }));
  }

  /** In front of the token at the place. */
  #atPlace(
    from: Place,
    response: ServerResponse,
    strikeFor: (event: StruckEvent) => Strike | null,
  ): ReplySink {
    let { behind } = from;
    return new EventSink(response, (event) => {
      const [choice] = event.chunk.choices as readonly Choice[];
      if (choice === undefined) return null;
      const added = choice.text ?? wordsOf(choice);
      const isThere = isSame({ in: from.in, behind }, this.#place);
      // In chat not in front of what says nothing: of the answer's beginning that is much.
      const strike =
        isThere && (added !== "" || choice.text !== undefined) ? strikeFor(event) : null;
      behind += added;
      return strike;
    });
  }

  #cut(): Strike | null {
    return this.cuts++ === 0 ? RESET : null;
  }

  #opening(
    opening: Opening | ((elsewhere: string) => Opening),
    response: ServerResponse,
  ): ReplySink | null {
    if (!this.#strikes()) return response;
    const how = typeof opening === "function" ? opening(this.#elsewhere) : opening;
    if (how === "reset") struck(response, RESET);
    else if (how === "headers") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
    } else if (how !== "silence") {
      response.writeHead(how.status, { "content-type": "application/json", ...how.headers });
      response.end(how.body);
    }
    return null;
  }

  #opensAt(path: string, body: Body): boolean {
    if (this.#place === null) return path === RENDERING;
    return (path === COMPLETIONS || path === CHAT) && isSame(writtenBefore(body), this.#place);
  }

  /** Counts. */
  #strikes(): boolean {
    if (this.isMended || (this.#cell.spell === "once" && this.met > 0)) return false;
    this.met++;
    return true;
  }
}

/** An answer in chat begins anew each time. */
function writtenBefore({ prompt, messages }: Body): Place {
  return messages === undefined ? writtenIn(String(prompt)) : { in: "answer", behind: "" };
}

/** Of an event in chat: text, or the name and arguments of a call. */
function wordsOf({ delta }: Choice): string {
  const calls = delta?.tool_calls ?? [];
  const called = calls.map((call) => (call.function.name ?? "") + call.function.arguments);
  return (delta?.content ?? "") + called.join("");
}

function isSame(one: Place, other: Place | null): boolean {
  return one.in === other?.in && one.behind === other.behind;
}

/** Will the reply to a request run over the place? */
function covers(body: Body, from: Place, place: Place): boolean {
  if (isSame(from, place)) return true;
  if (from.in !== place.in || !place.behind.startsWith(from.behind)) return false;
  const between = place.behind.slice(from.behind.length);
  return body.max_tokens !== 1 && !(body.stop !== undefined && between.includes("\n\n"));
}
