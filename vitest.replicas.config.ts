import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** Real vLLM replicas behind nginx (`npm run test:replicas`; `apt-get install nginx-light`). */
export default defineConfig({
  test: {
    include: ["test/e2e/vllm-replicas/**/*.test.ts"],
    globalSetup: ["test/e2e/real-servers/provide-reference.ts"],
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    reporters: ["verbose", new SummaryReporter()],
  },
});
