import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** Tests on real SGLang servers (`npm run test:sglang`), for which scripts/sglang/setup.ts installs 3.1 GB. */
export default defineConfig({
  test: {
    include: ["test/e2e/sglang/**/*.test.ts"],
    globalSetup: ["test/e2e/real-servers/provide-reference.ts"],
    // One pair of servers at a time; 300 problems take minutes where the machine has other work.
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    reporters: ["verbose", new SummaryReporter()],
  },
});
