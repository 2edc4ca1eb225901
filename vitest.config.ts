import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

/** Rooms whose files share their processes: none of them changes what is global. See CONTRIBUTING.md. */
const SHARED =
  "{core,doctor,eval/statistics,eval/summary,prompt,properties,router,servers,writers}";

export default defineConfig({
  test: {
    // Nothing is claimed by these: processes and models start slowly on a machine that others use, too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores: the local engine and the fake servers are CPU-bound already.
    maxWorkers: 2,
    reporters: ["default", new SummaryReporter()],
    coverage: { include: ["src/**"], exclude: ["src/cli/**"] },
    projects: [
      {
        extends: true,
        test: {
          name: "own process",
          globalSetup: "test/programs/bundle.ts",
          include: ["test/**/*.test.ts"],
          exclude: [`test/${SHARED}/**`, "test/e2e/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "shared process",
          include: [`test/${SHARED}/**/*.test.ts`],
          isolate: false,
        },
      },
    ],
  },
});
