import type { ServerKind } from "../python-server/serve-pair.js";
import { installPlace } from "./install-place.js";

/** For two small models on the same few cores, without a GPU and without the hub. */
const ENVIRONMENT = {
  SGLANG_USE_CPU_ENGINE: "1",
  SGLANG_HOST_IP: "127.0.0.1",
  HF_HUB_OFFLINE: "1",
  OMP_NUM_THREADS: "1",
  TOKENIZERS_PARALLELISM: "false",
};

/** How the embedded pair is served by SGLang. */
export function sglangServer(): ServerKind {
  const place = installPlace();
  return {
    title: "SGLang",
    place,
    lastStep: "kernel",
    setup: "scripts/sglang/setup.ts",
    ports: { small: 8201, large: 8202 },
    command: (model) => ({
      program: place.sglang,
      arguments: [
        ...["serve", "--model-path", model, "--device", "cpu", "--dtype", "float32"],
        ...["--attention-backend", "torch_native", "--sampling-backend", "pytorch"],
        ...["--disable-cuda-graph", "--context-length", "512", "--max-total-tokens", "16384"],
        // Without the last one an idle server takes most of a core.
        ...["--max-running-requests", "16", "--sleep-on-idle"],
      ],
      environment: ENVIRONMENT,
    }),
  };
}
