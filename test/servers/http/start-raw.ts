import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { listen } from "./listen.js";

/** A server whose replies are written by hand: for bodies that no server should send. */
export interface RawServer {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseURL: string;
  /** Replies whose connection the client has closed before their end. */
  readonly givenUp: number;
  /** Bytes that the client took. */
  readonly bytes: number;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Starts one that ends with the test. */
export async function startRaw(answer: Answer): Promise<RawServer> {
  let givenUp = 0;
  let bytes = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.on("close", () => {
      if (!response.writableEnded) givenUp++;
      bytes += response.socket?.bytesWritten ?? 0;
    });
    answer(response, request);
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    baseURL: `${url}/v1`,
    get givenUp() {
      return givenUp;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** Writes the same piece for ever, as fast as it is taken. */
export function withoutEnd(response: ServerResponse, piece: string): void {
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  more();
}
