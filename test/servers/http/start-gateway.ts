import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Transform } from "node:stream";
import { createGzip } from "node:zlib";
import { afterEach } from "vitest";

/** What a gateway in front of a server does to replies. */
export interface GatewayWays {
  /** nginx with `gzip on; gzip_types *`: whoever takes gzip gets it, and with it the stream whole at its end. */
  readonly gzips?: boolean;
  /** A gateway that packs without being asked whether the client takes it. */
  readonly gzipsAll?: boolean;
  /** LiteLLM: a stream is passed on when its end is there. */
  readonly holdsBack?: boolean;
  /** Chunks go on in pieces of so many events. */
  readonly eventsAtOnce?: number;
  /** LiteLLM: candidates of streamed text completions are lost, those of whole replies kept. */
  readonly dropsStreamedLogprobs?: boolean;
  /** How it names itself. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Gateway {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseURL: string;
}

const running: (() => void)[] = [];

afterEach(() => {
  for (const close of running.splice(0)) close();
});

/** Starts one in front of a server; it ends with the test. */
export async function startGateway(
  { url }: { readonly url: string },
  ways: GatewayWays,
): Promise<Gateway> {
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const onward = send(url + request.url, { method, headers }, (reply) =>
      passOn(reply, response, { ways, accepts: String(headers["accept-encoding"] ?? "") }),
    );
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  running.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

function passOn(
  reply: IncomingMessage,
  response: ServerResponse,
  { ways, accepts }: { readonly ways: GatewayWays; readonly accepts: string },
): void {
  const { "content-length": _, ...headers } = reply.headers;
  const isStream = /event-stream/.test(String(headers["content-type"]));
  const packs = ways.gzipsAll === true || (ways.gzips === true && accepts.includes("gzip"));
  response.writeHead(reply.statusCode ?? 502, {
    ...headers,
    ...ways.headers,
    ...(packs ? { "content-encoding": "gzip" } : {}),
  });
  response.flushHeaders();
  const stages = [
    ...(isStream && ways.dropsStreamedLogprobs ? [withoutLogprobs()] : []),
    ...(isStream ? [inPieces(eventsOf(ways))] : []),
    // zlib hands nothing out before a block of it is full, unless it is told to.
    ...(packs ? [createGzip()] : []),
  ];
  const last = stages.reduce<NodeJS.ReadableStream>((before, stage) => before.pipe(stage), reply);
  last.pipe(response);
}

function eventsOf({ holdsBack, eventsAtOnce = 1 }: GatewayWays): number {
  return holdsBack ? Number.POSITIVE_INFINITY : eventsAtOnce;
}

/** Passes events on, `count` of them at a time; what is left at the end. */
function inPieces(count: number): Transform {
  let waiting: string[] = [];
  return eachEvent((event, push, isOver) => {
    if (event !== null) waiting.push(event);
    if (waiting.length < count && !isOver) return;
    push(waiting.join(""));
    waiting = [];
  });
}

function withoutLogprobs(): Transform {
  return eachEvent((event, push) => {
    if (event === null) return;
    if (!event.startsWith("data: {")) return push(event);
    const chunk = JSON.parse(event.slice("data: ".length)) as {
      choices?: { logprobs?: unknown }[];
    };
    for (const choice of chunk.choices ?? []) choice.logprobs = null;
    push(`data: ${JSON.stringify(chunk)}\n\n`);
  });
}

/** @param tell - is told every event, and at the end `null` */
function eachEvent(
  tell: (event: string | null, push: (text: string) => void, isOver: boolean) => void,
): Transform {
  let rest = "";
  return new Transform({
    transform(bytes, _encoding, done) {
      const events = (rest + String(bytes)).split(/(?<=\n\n)/);
      rest = events.at(-1)?.endsWith("\n\n") ? "" : (events.pop() ?? "");
      for (const event of events) tell(event, (text) => this.push(text), false);
      done();
    },
    flush(done) {
      tell(null, (text) => this.push(text), true);
      done();
    },
  });
}
