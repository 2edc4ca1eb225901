import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type InstallPlace, installPlace } from "./install-place.js";
import { outputOf } from "./run-command.js";
import { startServer, type VllmServer } from "./start-server.js";

type Role = "small" | "large";

export interface ServePairOptions {
  readonly ports?: Readonly<Record<Role, number>>;
  /** More arguments of `vllm serve`, for both servers. */
  readonly arguments?: readonly string[];
  /** Hears what is going on. */
  readonly say?: (line: string) => void;
}

/** Two running servers. */
export interface VllmPair extends Readonly<Record<Role, VllmServer>> {
  stop(): Promise<void>;
}

const PORTS: Readonly<Record<Role, number>> = { small: 8101, large: 8102 };

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Starts the embedded pair on two servers and waits until both have answered a first request. A start takes
 * about a minute on two free cores, several on busy ones.
 *
 * @throws Error where vLLM is not set up, a port is taken, or a server dies (with the end of its log)
 */
export async function servePair(options: ServePairOptions = {}): Promise<VllmPair> {
  const { ports = PORTS, say = () => {} } = options;
  const place = installPlace();
  if (!existsSync(join(place.finished, "version"))) {
    throw new Error("vLLM is not set up. Run: npx tsx scripts/vllm/setup.ts");
  }
  const start = async (role: Role): Promise<VllmServer> =>
    startServer({
      vllm: place.vllm,
      model: await exportModel(place, role),
      name: role,
      port: ports[role],
      log: join(place.home, "logs", `${role}.log`),
      arguments: options.arguments ?? [],
    });
  await mkdir(join(place.home, "logs"), { recursive: true });
  say(`Starting small on port ${ports.small}, large on port ${ports.large} ...`);
  const started = await Promise.allSettled([start("small"), start("large")]);
  const servers = started.flatMap((result) =>
    result.status === "fulfilled" ? [result.value] : [],
  );
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const [small, large] = servers;
  if (small === undefined || large === undefined) {
    await stop();
    throw started.find((result) => result.status === "rejected")?.reason;
  }
  say("Both are up.");
  return { small, large, stop };
}

/** The model as the folder that vLLM loads; made anew each time, since the GGUF files may have changed. */
async function exportModel(place: InstallPlace, role: Role): Promise<string> {
  const folder = join(place.home, "models", role);
  const gguf = join(REPOSITORY, "models", `glimp-${role}.gguf`);
  await outputOf(place.python, [join(REPOSITORY, "models", "to_hf.py"), gguf, folder]);
  return folder;
}
