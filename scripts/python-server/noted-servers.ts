import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { outputOf } from "../run-command.js";
import { type ServePairOptions, type ServerKind, servePair } from "./serve-pair.js";
import { stopServer } from "./start-process.js";

interface NotedServer {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly log: string;
}

/** Starts a pair, leaves it running, and notes what runs for `stopNoted`. */
export async function startNoted(kind: ServerKind, options: ServePairOptions): Promise<void> {
  const { small, large } = await servePair(kind, { ...options, say: console.log });
  const noted = [small, large].map(({ name, port, pid, log }) => ({ name, port, pid, log }));
  const file = serversFile(kind);
  await writeFile(file, `${JSON.stringify(noted, null, 2)}\n`);
  console.log(`Process ids, ports and logs: ${file}`);
  console.log(`SMALL_URL=${small.baseURL} SMALL_MODEL=${small.name}`);
  console.log(`LARGE_URL=${large.baseURL} LARGE_MODEL=${large.name}`);
}

/** Stops what `startNoted` started. */
export async function stopNoted(kind: ServerKind): Promise<void> {
  const noted = await readFile(serversFile(kind), "utf8").catch(() => "[]");
  for (const { name, port, pid } of JSON.parse(noted) as NotedServer[]) {
    // A process id may belong to another program by now.
    const command = await outputOf("ps", ["-ww", "-o", "args=", "-p", `${pid}`]).catch(() => "");
    const ours = command.includes("serve") && command.includes(`--port ${port}`);
    if (ours) await stopServer(pid);
    console.log(ours ? `${name} (port ${port}): stopped` : `${name} (port ${port}): not running`);
  }
  await rm(serversFile(kind), { force: true });
}

function serversFile({ place }: ServerKind): string {
  return join(place.home, "servers.json");
}
