/**
 * Starts the embedded pair on two real vLLM servers and leaves them running. More arguments go to
 * `vllm serve`:
 *
 *     npx tsx scripts/vllm/start.ts --reasoning-parser qwen3
 *     npx tsx scripts/vllm/stop.ts
 */
import { writeFile } from "node:fs/promises";
import { servePair } from "./serve-pair.js";
import { serversFile } from "./servers-file.js";

async function start(): Promise<void> {
  const pair = await servePair({ arguments: process.argv.slice(2), say: console.log });
  const { small, large } = pair;
  const noted = [small, large].map(({ name, port, pid, log }) => ({ name, port, pid, log }));
  await writeFile(serversFile(), `${JSON.stringify(noted, null, 2)}\n`);
  console.log(`Process ids, ports and logs: ${serversFile()}`);
  console.log(`SMALL_URL=${small.baseURL} SMALL_MODEL=${small.name}`);
  console.log(`LARGE_URL=${large.baseURL} LARGE_MODEL=${large.name}`);
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
