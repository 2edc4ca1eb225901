/** Stops what `scripts/vllm/start.ts` started. */
import { stopNoted } from "../python-server/noted-servers.js";
import { vllmServer } from "./vllm-server.js";

stopNoted(vllmServer()).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
