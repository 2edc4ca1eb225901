import { sglangServer } from "../../../scripts/sglang/sglang-server.js";
import { useServerPair } from "../real-servers/server-pair.js";

/** Not the ports of scripts/sglang/start.ts, whose servers may be running. */
let nextPort = 8211;

/** Two servers for a `describe`, started with more arguments of `sglang serve`, and routers over them. */
export function useSglangPair(
  serveArguments: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
) {
  const ports = { small: nextPort++, large: nextPort++ };
  return useServerPair(sglangServer(), { ports, arguments: serveArguments, environment });
}
