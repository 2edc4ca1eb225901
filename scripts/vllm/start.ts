/**
 * Starts the embedded pair on two real vLLM servers and leaves them running. More arguments go to
 * `vllm serve`:
 *
 *     npx tsx scripts/vllm/start.ts --reasoning-parser qwen3
 *     npx tsx scripts/vllm/stop.ts
 */
import { startNoted } from "../python-server/noted-servers.js";
import { vllmServer } from "./vllm-server.js";

startNoted(vllmServer(), { arguments: process.argv.slice(2) }).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
