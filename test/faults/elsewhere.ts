import { createServer } from "node:http";
import { listen } from "../servers/http/listen.js";

/** Another host, to which a server sends the client. */
export interface Elsewhere {
  readonly url: string;
  /** Everything that came in headers. */
  readonly heard: readonly string[];
  close(): void;
}

/** Starts one that lets nobody in. */
export async function startElsewhere(): Promise<Elsewhere> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(JSON.stringify(request.headers));
    request.resume();
    response.writeHead(401, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify({ error: { message: "Who are you?", code: 401 } }));
  });
  return {
    url: await listen(server),
    heard,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
