import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** The whole fault matrix (`npm run test:faults`), a selection of which is in `npm test`. */
export default defineConfig({
  test: {
    include: ["test/e2e/faults/**/*.test.ts"],
    testTimeout: 180_000,
    // Rows wait most of the time; how many cells run at once is said in matrix.ts.
    maxConcurrency: 8,
    maxWorkers: 2,
    reporters: ["verbose", new SummaryReporter()],
  },
});
