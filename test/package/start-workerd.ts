import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "tsup";
import { installTool } from "../../scripts/tools/install-tool.js";

export interface Workerd {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/** The worker may reach servers of this machine: the fakes. */
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "local", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-08-01",
  globalOutbound = "local",
);
`;

/**
 * Bundles a worker as Wrangler does (the conditions of its runtime, nothing of Node), and starts Cloudflare's
 * own runtime with it.
 *
 * @param folder - where its source is `source.js`, with the packages that it imports
 * @throws Error with the runtime's words, where the worker does not start
 */
export async function startWorkerd(folder: string): Promise<Workerd> {
  const tool = await installTool("workerd");
  await build({
    entry: { worker: join(folder, "source.js") },
    outDir: folder,
    config: false,
    silent: true,
    format: "esm",
    outExtension: () => ({ js: ".js" }),
    platform: "browser",
    target: "es2022",
    splitting: false,
    noExternal: [/.*/],
    esbuildOptions: (options) => {
      options.conditions = ["workerd", "worker", "browser"];
    },
  });
  await writeFile(join(folder, "worker.capnp"), CONFIG);
  const program = createRequire(join(tool, "package.json"))("workerd").default as string;
  const child = spawn(program, ["serve", "worker.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data) => {
      words += String(data);
    });
  }
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`workerd ended: ${words}`)));
    child.stdio[3]?.on("data", (data) => {
      const listening = /"event":"listen".*"port":(\d+)/.exec(String(data));
      if (listening !== null) resolve(Number(listening[1]));
    });
  });
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      child.kill();
      await closed;
    },
  };
}
