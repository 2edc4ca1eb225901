import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Role } from "../python-server/serve-pair.js";
import { isFinished } from "../python-server/set-up.js";
import { type RunningProcess, startProcess } from "../python-server/start-process.js";
import { litellmPlace } from "./install-place.js";

export interface Litellm extends RunningProcess {
  /** What its own routes ask clients for; it does not start without one. */
  readonly apiKey: string;
  /** Its own `/v1`, which takes requests apart and puts them together again. */
  readonly ownURL: string;
  /** Its pass-through endpoint for one server, which sends on what it gets. */
  passThroughURL(role: Role): string;
}

const API_KEY = "sk-of-this-test";
const ROLES = ["small", "large"] as const;

/** The prefixes under which LiteLLM knows a vLLM server: a model is called `PREFIX-small` here. */
export const LITELLM_PREFIXES = ["hosted_vllm", "text-completion-openai", "openai"] as const;

/** Starts LiteLLM's proxy in front of a pair. @param upstream - the servers' own addresses, without `/v1` */
export async function startLitellm(
  port: number,
  upstream: Readonly<Record<Role, string>>,
): Promise<Litellm> {
  const place = litellmPlace();
  if (!isFinished(place, "litellm")) {
    throw new Error("LiteLLM is not set up. Run: npx tsx scripts/gateways/setup.ts");
  }
  await mkdir(place.logs, { recursive: true });
  const config = join(place.home, "config.yaml");
  // JSON is YAML.
  await writeFile(config, JSON.stringify(litellmConfig(upstream), null, 2));
  const running = await startProcess({
    title: "LiteLLM",
    program: join(place.bin, "litellm"),
    arguments: ["--config", config, "--host", "127.0.0.1", "--port", `${port}`],
    environment: {
      LITELLM_MASTER_KEY: API_KEY,
      // Else it asks the internet for prices, and sends what it was started with.
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      LITELLM_TELEMETRY: "False",
    },
    port,
    health: "/health/liveliness",
    log: join(place.logs, "litellm.log"),
  });
  return {
    ...running,
    apiKey: API_KEY,
    ownURL: `${running.rootURL}/v1`,
    passThroughURL: (role) => `${running.rootURL}/${role}/v1`,
  };
}

function litellmConfig(upstream: Readonly<Record<Role, string>>) {
  return {
    model_list: ROLES.flatMap((role) =>
      LITELLM_PREFIXES.map((prefix) => ({
        model_name: `${prefix}-${role}`,
        litellm_params: {
          model: `${prefix}/${role}`,
          api_base: `${upstream[role]}/v1`,
          api_key: "none",
        },
      })),
    ),
    general_settings: {
      pass_through_endpoints: ROLES.map((role) => ({
        path: `/${role}`,
        target: upstream[role],
        include_subpath: true,
        // 1.108.7 asks for its key on subpaths whatever this says: `false` is "No connected db." without one.
        auth: true,
        headers: { "content-type": "application/json" },
      })),
    },
  };
}
