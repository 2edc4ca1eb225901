import type { BenchServerOptions } from "../http/bench-server-options.js";

/** Two machines, and how much is measured on them. */
export interface WarmSetting {
  readonly name: string;
  readonly server: BenchServerOptions & {
    readonly prefill: {
      readonly msPerToken: Readonly<Record<"small" | "large", number>>;
      readonly block: number;
    };
  };
  /** Replies of each way, and how many of each at once: a chain waits nearly all of its time. */
  readonly rounds: number;
  readonly atOnce: number;
}

const SHAPE = { steps: 40, tokensPerStep: 60, hardEvery: 4, answerTokens: 20 };
const GPU_LIKE = {
  shape: SHAPE,
  msPerToken: { small: 5, large: 25 },
  prefill: { msPerToken: { small: 0.2, large: 0.2 }, block: 16 },
};
const CPU_LIKE = {
  shape: SHAPE,
  msPerToken: { small: 15, large: 50 },
  msPerRequest: 0,
  prefill: { msPerToken: { small: 4, large: 12 }, block: 16 },
};
/** Blocks of hybrid models. */
const LONG_BLOCK = 528;

export const GPU_AT_ONCE: WarmSetting = {
  name: "GPU-like, 0 ms a request",
  server: { ...GPU_LIKE, msPerRequest: 0 },
  rounds: 10,
  atOnce: 2,
};
export const GPU_AFTER_30: WarmSetting = {
  name: "GPU-like, 30 ms a request",
  server: { ...GPU_LIKE, msPerRequest: 30 },
  rounds: 10,
  atOnce: 2,
};
export const CPU: WarmSetting = { name: "CPU-like", server: CPU_LIKE, rounds: 10, atOnce: 5 };
const GPU_HYBRID: WarmSetting = {
  name: "GPU-like, 0 ms a request",
  server: { ...GPU_AT_ONCE.server, prefill: { ...GPU_LIKE.prefill, block: LONG_BLOCK } },
  rounds: 2,
  atOnce: 2,
};
const CPU_HYBRID: WarmSetting = {
  ...CPU,
  server: { ...CPU_LIKE, prefill: { ...CPU_LIKE.prefill, block: LONG_BLOCK } },
  rounds: 4,
  atOnce: 4,
};

export const SETTINGS = [GPU_AT_ONCE, GPU_AFTER_30, CPU, GPU_HYBRID, CPU_HYBRID];
