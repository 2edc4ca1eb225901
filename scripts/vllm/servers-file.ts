import { join } from "node:path";
import { installPlace } from "./install-place.js";

/** Where `start` notes what runs, for `stop`. */
export function serversFile(): string {
  return join(installPlace().home, "servers.json");
}

export interface NotedServer {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  readonly log: string;
}
