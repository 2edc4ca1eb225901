import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** Clients that are no JavaScript (`npm run test:clients`): what scripts/clients sets up, and curl. */
export default defineConfig({
  test: {
    include: ["test/e2e/clients/**/*.test.ts"],
    testTimeout: 60_000,
    reporters: ["verbose", new SummaryReporter()],
  },
});
