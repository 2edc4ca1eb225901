import type { Llama } from "node-llama-cpp";
import { GlimpRouterError } from "../errors.js";

type EnginePeer = typeof import("node-llama-cpp");

/** Where the layers of a model are computed. `"auto"`: the best that this machine has. */
export type Gpu = "auto" | "metal" | "cuda" | "vulkan" | false;

/** One native backend per kind of GPU is enough for a process: starting one costs about a second. */
const backends = new Map<Gpu, Promise<Llama>>();

/**
 * Imports `node-llama-cpp`, an optional peer: never when this module loads, only when a model is wanted.
 *
 * @param load - replaced by tests
 * @throws GlimpRouterError `peer_missing` where it is not installed
 */
export async function importEngine(
  load: () => Promise<EnginePeer> = () => import("node-llama-cpp"),
): Promise<EnginePeer> {
  try {
    return await load();
  } catch (cause) {
    throw new GlimpRouterError(
      "Local models run on `node-llama-cpp`, an optional peer dependency that is not installed (or does not load; see `cause`). Install it with: npm install node-llama-cpp",
      { reason: "peer_missing", cause },
    );
  }
}

/**
 * The native backend, started once. Only prebuilt binaries are used: a chat model must not compile C++.
 *
 * @throws GlimpRouterError `local_model` where there is no binary for this machine
 */
export async function startBackend(gpu: Gpu): Promise<Llama> {
  const running = backends.get(gpu);
  if (running !== undefined) return running;
  const starting = startLlama(gpu);
  backends.set(gpu, starting);
  // A failed start must not be remembered: the next load may come after an installation.
  starting.catch(() => backends.delete(gpu));
  return starting;
}

async function startLlama(gpu: Gpu): Promise<Llama> {
  const { getLlama, LlamaLogLevel } = await importEngine();
  try {
    return await getLlama({
      gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
    });
  } catch (cause) {
    throw new GlimpRouterError(
      `node-llama-cpp has no working binary for this machine (gpu: ${JSON.stringify(gpu)}). Install it with its optional dependencies (npm install node-llama-cpp), or build one: npx node-llama-cpp source download`,
      { reason: "local_model", cause },
    );
  }
}
