import { parse } from "yaml";
import type { Role } from "../python-server/serve-pair.js";

/** `deploy/ray-serve-llm.yaml`, as far as its twin changes it. */
interface RayConfig {
  readonly http_options: Readonly<Record<string, unknown>>;
  readonly applications: readonly {
    readonly args: { readonly llm_configs: readonly RayModel[] };
  }[];
}

interface RayModel {
  readonly model_loading_config: { readonly model_id: string; readonly model_source: string };
  readonly accelerator_type?: string;
  readonly engine_kwargs: Readonly<Record<string, unknown>>;
  readonly deployment_config: Readonly<Record<string, unknown>>;
}

export interface TwinOptions {
  readonly port: number;
  /** Folders of the embedded pair, as Hugging Face has models. */
  readonly models: Readonly<Record<Role, string>>;
}

/** For a small model on a few cores: as in scripts/vllm/vllm-server.ts. */
const CPU_ENGINE = {
  max_model_len: 512,
  dtype: "float32",
  max_num_seqs: 16,
  enforce_eager: true,
  block_size: 32,
};

/**
 * The CPU twin of `deploy/ray-serve-llm.yaml`: made from it, so that it differs only where a machine without
 * a GPU and without the hub has to (test/deploy/ray-cpu-twin.test.ts lists where).
 *
 * @param yaml - the file's text
 */
export function rayCpuTwin(yaml: string, { port, models }: TwinOptions): RayConfig {
  const config = parse(yaml, { merge: true }) as RayConfig;
  return {
    ...config,
    http_options: { ...config.http_options, host: "127.0.0.1", port },
    applications: config.applications.map((application) => ({
      ...application,
      args: {
        ...application.args,
        llm_configs: application.args.llm_configs.map((model) => onCpu(model, models)),
      },
    })),
  };
}

function onCpu({ accelerator_type: _gpu, ...model }: RayModel, models: TwinOptions["models"]) {
  const { model_id } = model.model_loading_config;
  return {
    ...model,
    model_loading_config: { model_id, model_source: models[model_id as Role] },
    accelerator_config: { kind: "cpu" },
    engine_kwargs: { ...model.engine_kwargs, ...CPU_ENGINE },
    // A core for each actor is more than there is.
    deployment_config: { ...model.deployment_config, ray_actor_options: { num_cpus: 0.1 } },
  };
}
