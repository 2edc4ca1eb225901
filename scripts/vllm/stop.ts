/** Stops what `scripts/vllm/start.ts` started. */
import { readFile, rm } from "node:fs/promises";
import { outputOf } from "./run-command.js";
import { type NotedServer, serversFile } from "./servers-file.js";
import { stopServer } from "./start-server.js";

async function stop(): Promise<void> {
  const noted = await readFile(serversFile(), "utf8").catch(() => "[]");
  for (const { name, port, pid } of JSON.parse(noted) as NotedServer[]) {
    // A process id may belong to another program by now.
    const command = await outputOf("ps", ["-o", "args=", "-p", `${pid}`]).catch(() => "");
    const ours = command.includes("serve") && command.includes(`--port ${port}`);
    if (ours) await stopServer(pid);
    console.log(ours ? `${name} (port ${port}): stopped` : `${name} (port ${port}): not running`);
  }
  await rm(serversFile(), { force: true });
}

stop().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
