import type { ServerKind } from "../python-server/serve-pair.js";
import { installPlace } from "./install-place.js";

/** For two small models on the same few cores; vLLM would bind both servers to the first core. */
export const VLLM_ENVIRONMENT = {
  HF_HUB_OFFLINE: "1",
  VLLM_NO_USAGE_STATS: "1",
  VLLM_HOST_IP: "127.0.0.1",
  VLLM_CPU_KVCACHE_SPACE: "1",
  VLLM_CPU_OMP_THREADS_BIND: "nobind",
  OMP_NUM_THREADS: "1",
  // With n-grams numba comes in, and sets the process's threads to all cores: a token took 0.8 s beside other work.
  NUMBA_NUM_THREADS: "1",
};

/** How the embedded pair is served by vLLM. */
export function vllmServer(): ServerKind {
  const place = installPlace();
  return {
    title: "vLLM",
    place,
    lastStep: "version",
    setup: "scripts/vllm/setup.ts",
    ports: { small: 8101, large: 8102 },
    command: (model) => ({
      program: place.vllm,
      arguments: [
        ...["serve", model, "--dtype", "float32", "--max-model-len", "512"],
        // The smallest block there is on a CPU: prompts here are short, and only full blocks are cached.
        ...["--max-num-seqs", "16", "--enforce-eager", "--block-size", "32"],
        "--enable-prompt-tokens-details",
      ],
      environment: VLLM_ENVIRONMENT,
    }),
  };
}
