import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportModel } from "../python-server/serve-pair.js";
import { isFinished } from "../python-server/set-up.js";
import { type RunningProcess, startProcess } from "../python-server/start-process.js";
import { VLLM_ENVIRONMENT } from "../vllm/vllm-server.js";
import { rayPlace } from "./install-place.js";
import { rayCpuTwin } from "./ray-cpu-twin.js";

export interface RayServe extends RunningProcess {
  /** One address for both models. */
  readonly baseURL: string;
  /** How often a request was cancelled, as the replicas say. */
  cancelled(): Promise<number>;
}

const DEPLOYED = new URL("../../deploy/ray-serve-llm.yaml", import.meta.url);

/** Runs the CPU twin of deploy/ray-serve-llm.yaml by `serve run`, on a Ray cluster that ends with it. */
export async function startRay(port: number): Promise<RayServe> {
  const place = rayPlace();
  if (!isFinished(place, "ray")) {
    throw new Error("Ray is not set up. Run: npx tsx scripts/gateways/setup.ts");
  }
  await mkdir(place.logs, { recursive: true });
  const [small, large] = await Promise.all([
    exportModel(place, "small"),
    exportModel(place, "large"),
  ]);
  const twin = rayCpuTwin(await readFile(DEPLOYED, "utf8"), { port, models: { small, large } });
  const config = join(place.home, "ray-cpu-twin.yaml");
  // JSON is YAML.
  await writeFile(config, JSON.stringify(twin, null, 2));
  // Ray's sockets live there: a path of theirs has to be short.
  const session = join(tmpdir(), `glimprouter-ray-${port}`);
  const running = await startProcess({
    title: "Ray Serve LLM",
    program: join(place.bin, "serve"),
    arguments: ["run", config],
    environment: {
      ...VLLM_ENVIRONMENT,
      RAY_ADDRESS: "local",
      RAY_TMPDIR: session,
      RAY_USAGE_STATS_ENABLED: "0",
      // Cores that Ray may give away: its actors ask for more than a small machine has, and need less.
      RAY_OVERRIDE_RESOURCES: '{"CPU": 8}',
      PATH: `${place.bin}:${process.env.PATH}`,
    },
    port,
    health: "/v1/models",
    isUp: async (reply) =>
      reply.ok && ((await reply.json()) as { data: unknown[] }).data.length === 2,
    log: join(place.logs, "ray.log"),
  });
  return {
    ...running,
    baseURL: `${running.rootURL}/v1`,
    cancelled: () => countCancelled(join(session, "ray", "session_latest", "logs")),
  };
}

async function countCancelled(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter((name) => /^worker-.*\.err$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  return texts.join("\n").split(" CALL completions CANCELLED ").length - 1;
}
