import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Role } from "../python-server/serve-pair.js";
import { type RunningProcess, startProcess } from "../python-server/start-process.js";
import { outputOf } from "../run-command.js";
import { nginxPlace } from "./install-place.js";
import { type NginxWay, nginxConfig } from "./nginx-config.js";
import { requireNginx } from "./nginx-program.js";

export interface Nginx extends RunningProcess {
  readonly version: string;
  /** Where a model is reached in one of the ways. */
  baseURL(way: NginxWay, role: Role): string;
}

/** Starts one nginx that shows a pair of servers in every way. */
export async function startNginx(
  port: number,
  upstream: Readonly<Record<Role, string>>,
): Promise<Nginx> {
  const program = await requireNginx();
  const { home } = nginxPlace();
  await mkdir(home, { recursive: true });
  const config = join(home, "nginx.conf");
  await writeFile(config, nginxConfig(port, upstream));
  const running = await startProcess({
    title: "nginx",
    program,
    arguments: ["-p", `${home}/`, "-e", "stderr", "-c", config],
    environment: {},
    port,
    health: "/up",
    log: join(home, "nginx.log"),
  });
  // It says so on the other stream.
  const version = await outputOf("sh", ["-c", `"${program}" -v 2>&1`]);
  return {
    ...running,
    version: version.replace("nginx version: ", ""),
    baseURL: (way, role) => `${running.rootURL}/${way}/${role}/v1`,
  };
}
