import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** Tests through gateways (`npm run test:gateways`): what scripts/vllm and scripts/gateways set up. */
export default defineConfig({
  test: {
    include: ["test/e2e/gateways/**/*.test.ts"],
    globalSetup: ["test/e2e/real-servers/provide-reference.ts"],
    // A dozen problems tell what a gateway does; SERVER_PROBLEMS=60 takes more.
    env: { SERVER_PROBLEMS: "12" },
    // Two models at a time, behind vLLM or behind Ray.
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    reporters: ["verbose", new SummaryReporter()],
  },
});
