import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a request went. */
export interface Passed {
  /** The header's value, `"-"` for none. */
  readonly id: string;
  readonly path: string;
  /** Address of the replica. */
  readonly to: string;
}

/** A running nginx. */
export interface Balancer {
  readonly baseURL: string;
  /** Every request so far, in the order in which they ended. */
  passed(): Promise<readonly Passed[]>;
  stop(): Promise<void>;
}

/** The configuration of docs/scale.md, in one process and with a log that names the replica. */
function configuration(port: number, header: string, replicas: readonly string[]): string {
  const variable = `$http_${header.replaceAll("-", "_")}`;
  return `daemon off;
master_process off;
error_log error.log;
pid nginx.pid;
events { worker_connections 1024; }
http {
  client_body_temp_path body;
  proxy_temp_path proxied;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  log_format passed '${variable} $uri $upstream_addr';
  access_log passed.log passed;
  map ${variable} $replica_key { default ${variable}; "" $request_id; }
  upstream replicas {
    hash $replica_key consistent;
${replicas.map((address) => `    server ${address};`).join("\n")}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://replicas;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`;
}

/**
 * Starts nginx on a port of 127.0.0.1 before servers, routed by a header; requests without it go anywhere.
 *
 * @throws Error where there is no nginx
 */
export async function startBalancer(
  port: number,
  header: string,
  replicas: readonly string[],
): Promise<Balancer> {
  const folder = await mkdtemp(join(tmpdir(), "glimprouter-nginx-"));
  await writeFile(join(folder, "nginx.conf"), configuration(port, header, replicas));
  const program = process.env.NGINX ?? "nginx";
  const child = spawn(program, ["-p", folder, "-c", "nginx.conf"], { stdio: "inherit" });
  await started(child, port);
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    passed: async () => readPassed(await readFile(join(folder, "passed.log"), "utf8")),
    stop: async () => {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("close", resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function readPassed(log: string): readonly Passed[] {
  return log
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [id = "", path = "", to = ""] = line.split(" ");
      return { id, path, to };
    });
}

async function started(child: ChildProcess, port: number): Promise<void> {
  let failure: Error | null = null;
  child.once("error", (cause) => {
    failure = new Error("There is no nginx: apt-get install nginx-light, or set NGINX.", { cause });
  });
  child.once("close", (code) => {
    failure ??= new Error(`nginx ended with ${code}.`);
  });
  for (let tries = 0; tries < 100; tries++) {
    await sleep(100);
    if (failure !== null) throw failure;
    const reply = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (reply?.ok) return;
  }
  throw new Error("nginx was not up after 10 s.");
}
