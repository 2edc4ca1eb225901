import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** Tests on real llama.cpp servers over 300 problems (`npm run test:llamacpp`, which builds the server first). */
export default defineConfig({
  test: {
    include: ["test/e2e/llamacpp/**/*.test.ts"],
    // One pair of servers at a time: what they report of their own time is worth more so.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["verbose", new SummaryReporter()],
  },
});
