import type { Server } from "node:net";

/** Ports that servers of this process had. */
const used = new Set<number>();

/**
 * Lets a server listen on a free port of 127.0.0.1 that no other server of this process had before it: what
 * the library remembers of a server, and connections that are kept, belong to its address.
 *
 * @returns `http://127.0.0.1:PORT`
 */
export async function listen(server: Server): Promise<string> {
  for (;;) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("No port was given.");
    if (!used.has(address.port)) {
      used.add(address.port);
      return `http://127.0.0.1:${address.port}`;
    }
    await new Promise((resolve) => server.close(resolve));
  }
}
