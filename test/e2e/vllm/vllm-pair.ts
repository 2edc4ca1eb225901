import { vllmServer } from "../../../scripts/vllm/vllm-server.js";
import { useServerPair } from "../real-servers/server-pair.js";

/** Not the ports of scripts/vllm/start.ts, whose servers may be running. */
let nextPort = 8111;

/** Two servers for a `describe`, started with more arguments of `vllm serve`, and routers over them. */
export function useVllmPair(...serveArguments: readonly string[]) {
  const ports = { small: nextPort++, large: nextPort++ };
  return useServerPair(vllmServer(), { ports, arguments: serveArguments });
}
