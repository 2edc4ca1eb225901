import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stopServer } from "../python-server/start-process.js";
import { installPlace } from "./install-place.js";

/** A running `transformers serve`. It loads the model that a request names, by its folder. */
export interface TransformersServer {
  /** For `ChatOpenAI`. */
  readonly baseURL: string;
  readonly models: { readonly small: string; readonly large: string };
  stop(): Promise<void>;
}

const START_LIMIT_MS = 300_000;
const POLL_MS = 500;

/** Starts the server that comes with vLLM's own dependencies, and waits until it answers. */
export async function startTransformers(port: number): Promise<TransformersServer> {
  const { home, venv } = installPlace();
  const log = join(home, "logs", "transformers.log");
  const hub = join(home, "empty-hub");
  await mkdir(join(home, "logs"), { recursive: true });
  // It lists the models of a cache, which has to be there.
  await mkdir(hub, { recursive: true });
  const output = openSync(log, "w");
  const where = ["--host", "127.0.0.1", "--port", `${port}`];
  const child = spawn(
    join(venv, "bin", "transformers"),
    ["serve", "--device", "cpu", "--dtype", "float32", ...where],
    {
      env: { ...process.env, HF_HUB_OFFLINE: "1", HF_HUB_CACHE: hub, OMP_NUM_THREADS: "1" },
      stdio: ["ignore", output, output],
      detached: true,
    },
  );
  closeSync(output);
  const { pid } = child;
  if (pid === undefined) throw new Error("transformers cannot be run.");
  const baseURL = `http://127.0.0.1:${port}/v1`;
  for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await sleep(POLL_MS)) {
    if (child.exitCode !== null) break;
    const reply = await fetch(`${baseURL}/models`).catch(() => null);
    if (!reply?.ok) continue;
    const models = { small: join(home, "models", "small"), large: join(home, "models", "large") };
    return { baseURL, models, stop: () => stopServer(pid) };
  }
  await stopServer(pid);
  throw new Error(`transformers serve did not come up. Look at ${log}.`);
}
