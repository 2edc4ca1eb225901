import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { listen } from "./listen.js";

/** The body of a reply; `null` for 404, `undefined` for silence. */
type Reply = (path: string) => unknown;

/** A server that takes requests and answers when it is told to, or never. */
export interface SilentServer {
  readonly baseURL: string;
  /** Paths of all requests so far, in order. */
  readonly paths: readonly string[];
  /** Requests that are open now. */
  readonly open: number;
  /** From now on it answers so; what is open stays unanswered, as a lost request does. */
  answer(reply: Reply): void;
  close(): Promise<void>;
}

export async function startSilentServer(): Promise<SilentServer> {
  const paths: string[] = [];
  let open = 0;
  let reply: Reply = () => undefined;
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    paths.push(path);
    open++;
    response.on("close", () => open--);
    const body = reply(path);
    if (body === undefined) return;
    response.writeHead(body === null ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { detail: "Not Found" }));
  });
  const url = await listen(server);
  return {
    baseURL: `${url}/v1`,
    paths,
    get open() {
      return open;
    },
    answer: (how) => {
      reply = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The base URL of a port where nobody listens. */
export async function closedBaseURL(): Promise<string> {
  const server = createTcpServer();
  const url = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `${url}/v1`;
}
