import { entropyAbove } from "../src/core/policies/entropy-above.js";
import type { RouteConfig } from "../src/router/route-config.js";

/** The reducer's settings where a bench drives it without a chat model: the router's defaults, with budgets that nothing comes to. */
export const BENCH_CONFIG: RouteConfig = {
  policy: entropyAbove(1),
  glimpse: "fused",
  delimiter: "\n\n",
  thinking: { open: "<think>", close: "</think>" },
  answerBy: "large",
  topLogprobs: 20,
  answerStop: [],
  maxStepTokens: 512,
  maxThoughtTokens: 100_000,
  maxAnswerTokens: 100,
  maxSteps: 1000,
  maxHoldTokens: 512,
};
