import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // A real vLLM is 2.3 GB: `npm run test:vllm`.
    exclude: ["test/e2e/{vllm,vllm-replicas,sglang,gateways}/**"],
    globalSetup: "test/cli/bundle-cli.ts",
    testTimeout: 30_000,
    // Two cores: the local engine and the fake servers are CPU-bound already.
    maxWorkers: 2,
    reporters: ["default", new SummaryReporter()],
    coverage: { include: ["src/**"], exclude: ["src/cli/**"] },
  },
});
