/**
 * Starts the embedded pair on two real SGLang servers and leaves them running. More arguments go to
 * `sglang serve`:
 *
 *     npx tsx scripts/sglang/start.ts --reasoning-parser qwen3
 *     npx tsx scripts/sglang/stop.ts
 */
import { startNoted } from "../python-server/noted-servers.js";
import { sglangServer } from "./sglang-server.js";

startNoted(sglangServer(), { arguments: process.argv.slice(2) }).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
