import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { UsageError } from "./usage-error.js";

type Handler = (request: Request) => Promise<Response>;

interface Listening {
  /** `http://127.0.0.1:8787`. */
  readonly address: string;
  /** Takes no new requests, and ends when the open ones have ended. */
  close(): Promise<void>;
}

/**
 * Serves a handler behind a port.
 *
 * @throws UsageError where the port cannot be had
 */
export async function listen(
  handler: Handler,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Listening> {
  const door = { isOpen: true };
  const fetch: Handler = async (request) => (door.isOpen ? handler(request) : closed());
  const server = createAdaptorServer({ fetch }) as Server;
  const open = new Set<ServerResponse>();
  server.on("request", (_request, response) => {
    open.add(response);
    response.once("close", () => open.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) =>
      reject(new UsageError(`--port ${port} of ${host} cannot be had (${code}). Give another.`)),
    );
    server.listen(port, host, resolve);
  });
  const { address, family, port: own } = server.address() as AddressInfo;
  return {
    address: `http://${family === "IPv6" ? `[${address}]` : address}:${own}`,
    close: () => {
      door.isOpen = false;
      return closeServer(server, open);
    },
  };
}

/**
 * Connections that are kept alive would keep the server: each goes when it has nothing to do any more. Those that browsers
 * hold ready, and have asked nothing over yet, are not idle to Node: they go when nothing is open.
 */
async function closeServer(server: Server, open: ReadonlySet<unknown>): Promise<void> {
  const idle = setInterval(() => {
    if (open.size === 0) server.closeAllConnections();
    else server.closeIdleConnections();
  }, 50);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearInterval(idle);
}

/** To a request that comes on a connection of before. */
function closed(): Response {
  const message = "The server is going down.";
  const error = { message, type: "server_error", param: null, code: "going_down" };
  return Response.json({ error }, { status: 503, headers: { "retry-after": "5" } });
}
