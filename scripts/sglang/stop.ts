/** Stops what `scripts/sglang/start.ts` started. */
import { stopNoted } from "../python-server/noted-servers.js";
import { sglangServer } from "./sglang-server.js";

stopNoted(sglangServer()).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
