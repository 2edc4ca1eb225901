import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** Tests on real vLLM servers (`npm run test:vllm`), for which scripts/vllm/setup.ts installs 2.3 GB. */
export default defineConfig({
  test: {
    include: ["test/e2e/vllm/**/*.test.ts"],
    globalSetup: ["test/e2e/real-servers/provide-reference.ts"],
    // One pair of servers at a time; 300 problems take minutes where the machine has other work.
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    reporters: ["verbose", new SummaryReporter()],
  },
});
